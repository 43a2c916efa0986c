"""What becomes of each table of a portable file where it is taken in: a row of ours, a line in a note, or nothing, with the reason.

What the other organisation knows of people comes along. What it has promised, planned, paid or computed is its own: of that a line is
kept, or nothing. A test fails for a table of the copy that stands here with no fate.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Row = Mapping[str, Any]


class Becomes(StrEnum):
    ROW = "row"
    NOTE = "note"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How many rows of one table become what. `why`: the reason, where something is left out or only noted."""

    table: str
    count: int
    becomes: Becomes
    why: str = ""

    @property
    def name(self) -> str:
        return name_of_table(self.table)

    @property
    def label(self) -> str:
        return str(WORDS[self.becomes])


WORDS: Mapping[Becomes, Promise] = {
    Becomes.ROW: gettext_lazy("taken in"),
    Becomes.NOTE: gettext_lazy("kept as words in a note"),
    Becomes.NOTHING: gettext_lazy("left out"),
}
_COMPUTED = gettext_lazy("Computed here anew, by the rules as they are known here")
_THEIRS = gettext_lazy("What the staff of the other organisation had planned")
_HELP = gettext_lazy("It was help of the other organisation: your figures and budgets do not count it")
_BEDS = gettext_lazy("Beds and waiting lists are theirs; where people lived stands under addresses")
_SCORES = gettext_lazy("Scores are by the programmes of the other organisation")
_SPOKEN = gettext_lazy("Messages of the other organisation; ask people here whether and how they want to be reminded")
FATES: Mapping[str, tuple[Becomes, Promise | str]] = {
    "clients.Case": (Becomes.NOTHING, gettext_lazy("A case of yours is made: code, team and priority are your own")),
    **dict.fromkeys(
        (
            "clients.Client", "clients.Relation", "clients.Contact", "clients.Address", "clients.Note", "clients.Need",
            "clients.Assessment", "clients.NeverContact", "clients.ContactStop", "clients.Consent", "documents.Document",
            "documents.Scan", "residency.Stay", "residency.Permit", "residency.Registration", "residency.Application",
        ),
        (Becomes.ROW, ""),
    ),
    "documents.ScanPage": (Becomes.ROW, ""),
    "clients.Service": (Becomes.NOTE, _HELP),
    "clients.Referral": (Becomes.NOTE, gettext_lazy("It was sent by the other organisation: what is open there stays with them")),
    "documents.Custody": (Becomes.NOTE, gettext_lazy("The original lies where the other organisation has put it: ask them for it")),
    "clients.ReferralStep": (Becomes.NOTHING, gettext_lazy("Stands with the referral")),
    "clients.IncomingReferral": (Becomes.NOTHING, gettext_lazy("How the other organisation heard of them")),
    "clients.EarlierNote": (Becomes.NOTHING, gettext_lazy("What a note said before it was corrected")),
    **dict.fromkeys(("clients.Answers", "clients.Score"), (Becomes.NOTHING, _SCORES)),
    **dict.fromkeys(("clients.Appointment", "clients.ToDo", "reminders.FollowUp"), (Becomes.NOTHING, _THEIRS)),
    **dict.fromkeys(("reminders.Reminder", "reminders.MessageAgreement"), (Becomes.NOTHING, _SPOKEN)),
    **dict.fromkeys(("housing.BedOffer", "housing.HousingRequest", "housing.Placement"), (Becomes.NOTHING, _BEDS)),
    **dict.fromkeys(("residency.Deadline", "residency.Move"), (Becomes.NOTHING, _COMPUTED)),
    "residency.Decision": (
        Becomes.NOTHING,
        gettext_lazy("Deadlines are computed here; what an authority has set is entered again, from its paper"),
    ),
}  # fmt: skip
# Of tables that are taken in, the rows that are not, and why.
_Excepted = tuple[Callable[[Row], bool], Promise]
EXCEPT: Mapping[str, _Excepted] = {
    "clients.Consent": (
        lambda row: row.get("said") != "no" or row.get("withdrawn_on") is not None,
        gettext_lazy(
            "They agreed with the other organisation, not with yours: ask them. What they refused is taken in"
        ),
    ),
    "clients.Need": (
        lambda row: row.get("declined_at") is not None,
        gettext_lazy("Suggested by the software, and found not to apply"),
    ),
    "clients.NeverContact": (lambda row: row.get("withdrawn_at") is not None, gettext_lazy("Not in force any more")),
    "clients.ContactStop": (lambda row: row.get("lifted_at") is not None, gettext_lazy("Not in force any more")),
    "clients.Contact": (lambda row: row.get("ended_at") is not None, gettext_lazy("Not in use any more")),
    "clients.Note": (lambda row: row.get("struck_at") is not None, gettext_lazy("Struck out: it does not hold")),
    "documents.Scan": (
        lambda row: row.get("removed_at") is not None,
        gettext_lazy("Removed by the other organisation"),
    ),
    "documents.Custody": (lambda row: row.get("returned_on") is not None, gettext_lazy("Given back since")),
}


def is_taken(table: str, row: Row) -> bool:
    """Whether a row of a table that comes along comes along itself."""
    excepted = EXCEPT.get(table)
    return excepted is None or not excepted[0](row)


def plan(tables: Mapping[str, Any]) -> list[Line]:
    """Return what would become of what a file holds: what is taken in first, what is left out last."""
    return sorted(_lines(tables), key=lambda line: list(Becomes).index(line.becomes))


def _lines(tables: Mapping[str, Any]) -> Iterator[Line]:
    for table, found in tables.items():
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        becomes, why = FATES.get(table, (Becomes.NOTHING, _("This software knows no place for it")))
        taken = sum(is_taken(table, row) for row in rows)
        if taken and table != "documents.ScanPage":  # they are counted as the pictures to which they belong
            yield Line(table=str(table), count=taken, becomes=becomes, why=str(why))
        if taken < len(rows):
            yield Line(table=str(table), count=len(rows) - taken, becomes=Becomes.NOTHING, why=str(EXCEPT[table][1]))


def name_of_table(label: str) -> str:
    """Return what a table is called by those who read pages. Whatever is no table of ours is "what hangs on them"."""
    try:
        meta = apps.get_model(label)._meta
    except (LookupError, ValueError):
        return _("what hangs on them")
    return str(meta.verbose_name_plural) if "verbose_name_plural" in meta.original_attrs else _("what hangs on them")
