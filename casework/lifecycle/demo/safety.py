"""What people of the demo agreed to and took back, and whom nobody must contact; all invented, through the acts that people use."""

from datetime import datetime, timedelta
from typing import Any

from casework.accounts.models import Team, User
from casework.clients import actions, sharing
from casework.clients.models import Case, Client
from casework.lib.dates import today_in


def build_safety(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    """Let the grown-up applicant of the oldest open case agree to two things, take one back and fear one number."""
    team, worker = teams["ALA"], workers["caseworker"]
    today = today_in(team.time_zone, now)
    asked_on = today - timedelta(days=40)
    people: Any = Client.objects.filter(
        case__team=team, case__status=Case.Status.OPEN, case__restricted=False, relation=Client.Relation.PRINCIPAL
    )
    oldest = people.select_related("data_key", "case__data_key", "case__team").order_by("case__opened_at", "pk")[:10]
    client = next(each for each in oldest if not sharing.Person(birth=each.birth).might_be_a_child(asked_on))
    act: dict[str, Any] = {"by": worker, "now": now, "today": today}
    agreed = act | {"client": client, "said": "yes", "given_on": asked_on}
    actions.record_consent(purpose="record", categories=["identity", "contact", "documents"], **agreed)
    told = actions.record_consent(purpose="interpreter", categories=["needs", "notes"], **agreed)
    actions.withdraw_consent(
        consent=told,
        on=today - timedelta(days=3),
        words="Переводчик знаком с родственниками. The interpreter knows relatives.",
        version=told.version,
        **act,
    )
    actions.record_never_contact(
        case=client.case,
        client=client,
        kind="number",
        value="+7 700 000 00 00",
        since=asked_on,
        reason="Выдуманная причина: бывший супруг. An invented reason: a former husband.",
        **act,
    )
