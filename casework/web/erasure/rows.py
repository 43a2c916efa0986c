"""What the pages of erasure show: counts in words, and requests as rows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.clients.models import Case, Client, Erasure
from casework.lifecycle.own_copy.fates import name_of_table as plain_name_of_table
from casework.web.cases.forms.intake import in_short
from casework.web.components import SummaryRow

HISTORY = "History"


def counted(counts: Mapping[str, int]) -> list[SummaryRow]:
    """Return how many of what, in words, the most first. Tables without a name of their own are counted together, at the end."""
    found: Counter[str] = Counter()
    for label, count in counts.items():
        found[name_of_table(label)] += count
    nameless = plain_name_of_table("")
    rows = sorted(found.most_common(), key=lambda row: row[0] == nameless)
    return [SummaryRow(label=name, value=str(count)) for name, count in rows if count]


def in_words(erasure: Erasure, codes: Mapping[Any, str], references: Mapping[Any, str]) -> str:
    """Return what is to go: the code of the case, or the reference of a person and the code. Bare ids once they are gone."""
    case = codes.get(erasure.case_id) or str(erasure.case_id)[:8]
    if erasure.client_id is None:
        return _("case %(code)s") % {"code": case}
    person = references.get(erasure.client_id) or str(erasure.client_id)[:8]
    return _("%(person)s of case %(code)s") % {"person": person, "code": case}


def erasure_rows(erasures: Iterable[Erasure]) -> list[dict[str, Any]]:
    rows = list(erasures)
    codes = dict(Case.objects.filter(pk__in={row.case_id for row in rows}).values_list("pk", "code"))
    people = {row.client_id for row in rows if row.client_id}
    references = dict(Client.objects.filter(pk__in=people).values_list("pk", "reference"))
    return [
        {
            "erasure": row,
            "what": in_words(row, codes, references),
            "asked_by": in_short(row.asked_by) if row.asked_by else "",
            "decided_by": in_short(row.decided_by) if row.decided_by else "",
        }
        for row in rows
    ]


def name_of_table(label: str) -> str:
    """Return what a table is called by those who read pages. Whatever is no table of ours is "what hangs on them"."""
    if label == "files":
        return _("files of pictures")
    if label == "keys":
        return _("keys that opened it")
    if label == "audit.Event":
        return _("entries of the record of who did what, by bare ids")
    if label == "vault.DataKey":
        return _("ids of destroyed keys")
    if label == "clients.ErasedPerson":
        return _("ids of people who were erased")
    if label.endswith(HISTORY):
        return _("earlier versions")
    return plain_name_of_table(label)
