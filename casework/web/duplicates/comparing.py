"""Two people side by side: exactly what it takes to compare them, and of each line whether it agrees."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casework.clients.models import Client, SuspectedPair
from casework.documents.models import Document
from casework.lib.likeness import Born, Details, Named, compare_births, compare_names, shares_document
from casework.lifecycle.duplicates import details_of
from casework.web.cases.people import nationalities_in_words
from casework.web.templatetags.components import in_words

# A word and a shape for each, so that nobody needs to see a colour.
MARKS: dict[str, tuple[str, Promise]] = {
    "same": ("✓", gettext_lazy("agrees")),
    "alike": ("≈", gettext_lazy("alike")),
    "different": ("✕", gettext_lazy("differs")),
    "unknown": ("?", gettext_lazy("not known")),
}
OF_NAMES = {Named.SAME: "same", Named.OTHERWISE: "different"}
OF_BIRTHS = {Born.SAME_DAY: "same", Born.UNKNOWN: "unknown", Born.OTHERWISE: "different"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """One thing about both; `mark` is a key of MARKS, "" where nothing is compared."""

    label: str
    values: tuple[str, str]
    mark: str = ""

    @property
    def sign(self) -> str:
        return MARKS[self.mark][0] if self.mark else ""

    @property
    def word(self) -> str:
        return str(MARKS[self.mark][1]) if self.mark else ""


def compared(pair: SuspectedPair) -> list[ComparedRow]:
    """Return the lines of the page, in three queries."""
    one, other = people = pair.people
    details = details_of(people)
    mine, theirs = details[one.pk], details[other.pk]
    named, _letters = compare_names(mine, theirs)
    shared = "same" if shares_document(mine, theirs) else "different"
    reached = "same" if mine.contacts & theirs.contacts else "different"
    kinds = _kinds_of(people)

    def row(label: str, values: tuple[str, str], mark: str = "", *, blank: bool | None = None) -> ComparedRow:
        is_unknown = not all(values) if blank is None else blank
        return ComparedRow(label=label, values=values, mark="unknown" if mark and is_unknown else mark)

    return [
        row(_("Name"), (one.full_name, other.full_name), OF_NAMES.get(named, "alike")),
        row(_("Other spellings and earlier names"), _both(one, other, "other_names"), _of_other_names(mine, theirs)),
        row(
            _("Date of birth"),
            (str(in_words(one.birth)), str(in_words(other.birth))),
            OF_BIRTHS.get(compare_births(mine.birth, theirs.birth), "alike"),
            blank=False,
        ),
        row(
            _("Sex"),
            (one.get_sex_display(), other.get_sex_display()),
            "same" if one.sex == other.sex else "different",
            blank=Client.Sex.UNKNOWN in (one.sex, other.sex),
        ),
        row(
            _("Nationality"),
            (nationalities_in_words(one.nationalities), nationalities_in_words(other.nationalities)),
            _of_sets(set(one.nationalities), set(other.nationalities)),
        ),
        row(_("Documents; whether a number is equal"), (kinds[one.pk], kinds[other.pk]), shared),
        row(_("Ways to reach them; whether one is equal"), (_count(mine), _count(theirs)), reached),
        row(_("Team"), (one.case.team.name, other.case.team.name)),
        row(_("Registered"), (str(in_words(one.created_at.date())), str(in_words(other.created_at.date())))),
        row(_("Reference"), (one.reference, other.reference)),
    ]


def _both(one: Client, other: Client, name: str) -> tuple[str, str]:
    return ", ".join(getattr(one, name).splitlines()), ", ".join(getattr(other, name).splitlines())


def _of_other_names(mine: Details, theirs: Details) -> str:
    return "same" if set(mine.other_names) & set(theirs.other_names) else "different"


def _of_sets(mine: set[str], theirs: set[str]) -> str:
    if mine == theirs:
        return "same"
    return "alike" if mine & theirs else "different"


def _kinds_of(people: tuple[Client, Client]) -> dict[Any, str]:
    kinds: dict[Any, list[str]] = {client.pk: [] for client in people}
    papers = Document.objects.filter(client__in=people).order_by("kind", "id")
    for client_id, kind in papers.values_list("client_id", "kind"):
        kinds[client_id].append(str(Document.Kind(kind).label) if kind in Document.Kind.values else kind)
    return {key: ", ".join(dict.fromkeys(found)) for key, found in kinds.items()}


def _count(person: Details) -> str:
    count = len(person.contacts)
    return ngettext("%(count)s recorded", "%(count)s recorded", count) % {"count": count} if count else ""
