"""Relations in words, said from the side of the first of two people, by their sex."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.clients.models import Client, Relation

FEMALE, MALE = Client.Sex.FEMALE, Client.Sex.MALE

_BY_SEX: dict[tuple[str, str], Promise] = {
    (Relation.Kind.SPOUSE, FEMALE): _("wife or partner"),
    (Relation.Kind.SPOUSE, MALE): _("husband or partner"),
    (Relation.Kind.PARENT, FEMALE): _("mother"),
    (Relation.Kind.PARENT, MALE): _("father"),
    (Relation.Kind.SIBLING, FEMALE): _("sister"),
    (Relation.Kind.SIBLING, MALE): _("brother"),
    (Relation.Kind.GRANDPARENT, FEMALE): _("grandmother"),
    (Relation.Kind.GRANDPARENT, MALE): _("grandfather"),
}


def is_the(kind: str, sex: str) -> str:
    """Return what somebody of this sex is: "mother", or "parent" where the sex is not recorded."""
    return str(_BY_SEX.get((kind, sex)) or Relation.Kind(kind).label)
