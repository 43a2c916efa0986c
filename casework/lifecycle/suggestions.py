"""Needs that the facts of a case speak for. A person confirms each of them or finds that it does not apply."""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.clients.models import Client
from casework.lib.marking import gettext_noop as _

from .scoring import Known

REASONS = {
    "SP-PT": _("The only adult in a case with children"),
    "SC-UC": _("Nobody in this case is 18 or over"),
    "ER-NF": _("60 or over, and nobody else is in this case"),
    "ER-MC": _("60 or over, and no younger adult is in this case with the children"),
    "LP-ND": _("No identity document that is valid and in their hands is on record"),
    "LP-RD": _("The day by which they must leave the country has passed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    client: Client
    code: str

    @property
    def reason(self) -> str:
        """To be translated where it is shown."""
        return REASONS[self.code]


def suggestions(known: Known) -> list[Suggestion]:
    """Return what the facts speak for and nobody has stated or declined yet, also if it has ended since."""
    answered = {(need.client_id, need.code) for need in known.needs}
    return [it for it in _spoken_for(known) if (it.client.pk, it.code) not in answered]


def _spoken_for(known: Known) -> Iterator[Suggestion]:
    adults, children, old = known.adults(), known.children(), {client.pk for client in known.over_60()}
    if children and not adults:
        for client in children:
            yield Suggestion(client=client, code="SC-UC")
    if children and len(adults) == 1 and adults[0].pk not in old:
        yield Suggestion(client=adults[0], code="SP-PT")
    if children and adults and all(adult.pk in old for adult in adults):
        for client in adults:
            yield Suggestion(client=client, code="ER-MC")
    if len(known.people) == 1 and adults and adults[0].pk in old:
        yield Suggestion(client=adults[0], code="ER-NF")
    for client in known.without_documents():
        yield Suggestion(client=client, code="LP-ND")
    for client in known.people:
        if (day := known.leave_by.get(client.pk)) and day < known.today:
            yield Suggestion(client=client, code="LP-RD")
