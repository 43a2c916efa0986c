"""To-dos and appointments of the demo, all of them invented, made through the acts that people use."""

from datetime import datetime, time, timedelta
from typing import Any

from casework.accounts.models import Team, User
from casework.clients import actions
from casework.clients.models import Case, Client
from casework.lib.dates import today_in

# When from today, at what time, with whom, where, what to take along.
APPOINTMENTS: list[tuple[int, time, str, str, str, str]] = [
    (0, time(16), "ours", "Demo Office", "Офис, ул. Придуманная, 3", ""),
    (
        1,
        time(10, 30),
        "authority",
        "Demo Migration Service",
        "ул. Придуманная, 10, окно 4",
        "Паспорт и копия, две фотографии",
    ),
    (3, time(14), "doctor", "Demo Doctor", "ул. Придуманная, 12", ""),
    (12, time(11), "lawyer", "Demo Legal Clinic", "ул. Придуманная, 8", "Все письма от ведомств"),
]
TO_DOS: list[tuple[str, int | None]] = [
    ("Позвонить в школу и спросить о месте", -1),
    ("Забрать справку из поликлиники", 0),
    ("Отправить копии юристу", 2),
    ("Спросить, нужна ли зимняя одежда", None),
]


def build_diary(*, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    team, worker, coordinator = teams["ALA"], workers["caseworker"], workers["coordinator"]
    today = today_in(team.time_zone, now)
    cases = list(
        Case.objects.filter(team=team, status=Case.Status.OPEN, restricted=False).order_by("opened_at", "pk")[:4]
    )
    for case, (days, at, with_kind, with_name, place, papers) in zip(cases, APPOINTMENTS, strict=False):
        people: Any = Client.objects
        actions.plan_appointment(
            case=case,
            people=list(people.filter(case=case).principal_first()[:1]),
            by=worker,
            now=now,
            day=today + timedelta(days=days),
            wall_time=at,
            zone=team.time_zone,
            with_kind=with_kind,
            with_name=with_name,
            place=place,
            papers=papers,
            staff=worker,
        )
    for case, (text, in_days) in zip(cases, TO_DOS, strict=False):
        due_on = today + timedelta(days=in_days) if in_days is not None else None
        actions.write_to_do(text=text, owner=worker, case=case, due_on=due_on, by=coordinator, now=now)
    actions.write_to_do(text="Заказать бумагу для принтера", owner=worker, by=worker, now=now)
