"""What two people have in common, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.lib.likeness import Reason

REASONS: dict[str, Promise] = {
    Reason.SAME_DOCUMENT: _("the same document number"),
    Reason.SAME_NAME: _("the same name"),
    Reason.SAME_NAME_IN_OTHER_LETTERS: _("the same name in other letters"),
    Reason.LIKE_NAME: _("nearly the same name"),
    Reason.OTHER_FAMILY_NAME: _("the same given name and patronymic, another family name"),
    Reason.ONE_NAME: _("one name in common"),
    Reason.BORN_SAME_DAY: _("born the same day"),
    Reason.BORN_SAME_YEAR: _("born the same year"),
    Reason.BORN_NEARLY: _("nearly the same date of birth"),
    Reason.SAME_CONTACT: _("the same phone or other contact"),
}


def in_words(reasons: Iterable[str]) -> str:
    """Return e.g. "the same name in other letters, born the same year"."""
    return ", ".join(str(REASONS[reason]) for reason in reasons if reason in REASONS)
