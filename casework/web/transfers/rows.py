"""Offers as lines of a list, and as one sentence in a to-do."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Client, Transfer
from casework.web.cases.forms.intake import in_short
from casework.web.templatetags import days


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """What may be said of an offer to somebody who does not see the case yet."""

    transfer: Transfer
    code: str
    sender: str
    receiver: str
    people: int
    lapses_on: dt.date

    @property
    def url(self) -> str:
        return reverse("transfer", args=[self.transfer.pk])


def with_everything(transfers: Any) -> Any:
    """Return offers with what their rows show: no name of a client is among it."""
    users: Any = User.objects
    loaded = transfers.select_related("data_key", "case", "from_team", "to_team").annotate(
        people_count=Count("case__clients", distinct=True)
    )
    return loaded.prefetch_related(Prefetch("offered_by", users.all()), Prefetch("to_worker", users.all()))


def transfer_rows(transfers: Iterable[Any]) -> list[TransferRow]:
    return [transfer_row(each) for each in transfers]


def transfer_row(transfer: Any) -> TransferRow:
    receiver = transfer.to_team.name
    if transfer.to_worker is not None:
        receiver = f"{in_short(transfer.to_worker)}, {receiver}"
    return TransferRow(
        transfer=transfer,
        code=transfer.case.code,
        sender=f"{in_short(transfer.offered_by)}, {transfer.from_team.name}",
        receiver=receiver,
        people=transfer.people_count,
        lapses_on=timezone.localtime(transfer.lapses_at).date(),
    )


def waiting_for(user: User, now: dt.datetime) -> list[TransferRow]:
    """Return the offers that this user is to answer, the oldest first."""
    transfers: Any = Transfer.objects
    return transfer_rows(with_everything(transfers.open().for_answer_by(user, now)).order_by("offered_at", "id"))


def in_brief(user: User, now: dt.datetime) -> ArraySubquery:
    """Return a column: the offers that this user is to answer, with what is not sealed of them. It costs no query."""
    transfers: Any = Transfer.objects
    people = (
        Client.objects.filter(case=OuterRef("case")).order_by().values("case").annotate(many=Count("pk")).values("many")
    )
    rows = transfers.open().for_answer_by(user, now).order_by("offered_at", "id")
    columns = JSONObject(
        id="id",
        code="case__code",
        priority="case__priority",
        team="from_team__name",
        people=Coalesce(Subquery(people), 0),
    )
    return ArraySubquery(rows.values(row=columns))


def outcome_in_words(transfer: Transfer) -> str:
    """Return what became of an offer, for a to-do of whoever made it. They may not see the case any more."""
    said = {
        Transfer.State.ACCEPTED: _("%(code)s: accepted by %(who)s on %(day)s"),
        Transfer.State.DECLINED: _("%(code)s: declined by %(who)s on %(day)s"),
        Transfer.State.LAPSED: _("%(code)s: nobody answered your offer by %(day)s"),
    }
    pattern = said.get(Transfer.State(transfer.state), _("%(code)s: offered to somebody else"))
    who = in_short(transfer.answered_by) if transfer.answered_by else ""
    return pattern % {
        "code": transfer.case.code,
        "who": who,
        "day": days.day((transfer.answered_at or transfer.offered_at).date()),
    }
