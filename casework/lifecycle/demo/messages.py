"""Somebody of the demo who agreed to be reminded by SMS, with a code word; invented, through the acts that people use."""

from datetime import datetime, timedelta
from typing import Any

from casework.accounts.models import Team, User
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.lib.dates import today_in
from casework.reminders import actions as reminders


def build_messages(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    """Let the applicant of the newest case that the caseworker looks after agree to messages."""
    team, worker = teams["ALA"], workers["caseworker"]
    today = today_in(team.time_zone, now)
    people: Any = Client.objects.filter(
        case__caseworker=worker,
        case__status=Case.Status.OPEN,
        case__restricted=False,
        relation=Client.Relation.PRINCIPAL,
        contacts__isnull=True,
    )
    client = (
        people.select_related("data_key", "case__data_key", "case__team").order_by("-case__opened_at", "pk").first()
    )
    if client is None:
        return
    agreed_on = today - timedelta(days=5)
    contact = clients.record_contact(
        client=client,
        channel="sms",
        value="+7 700 000 01 23",
        code_word="ромашка",
        language="ru",
        verified_on=agreed_on,
        by=worker,
        now=now,
    )
    reminders.agree_to_messages(
        client=client, contact=contact, with_code_word=True, agreed_on=agreed_on, by=worker, now=now
    )
