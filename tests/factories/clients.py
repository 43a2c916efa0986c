"""Cases and the people in them, for tests; all of them obviously invented."""

from datetime import date, datetime
from typing import Any

from casework.accounts.models import Team, User
from casework.clients import actions
from casework.clients.models import Address, Case, CaseMember, Client, Contact, Note, Relation, Transfer
from casework.clients.models.case import NAMED_AT_LEAST
from casework.lib.dates import Birth

from .accounts import NOW, make_team, make_user, team_of


def make_case(
    *,
    team: Team | None = None,
    caseworker: User | None = None,
    by: User | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> Case:
    """An open case without people; `make_client()` makes one with its principal applicant."""
    team = team or make_team()
    by = by or caseworker or make_user(team=team)
    return actions.open_case(team=team, caseworker=caseworker, by=by, now=now, **fields)


def hide(case: Case, *named: User) -> None:
    """Restrict a case to these people and, as long as they are fewer than two, to others of its team."""
    people = [*named, *(make_user(team=case.team) for _number in range(NAMED_AT_LEAST - len(named)))]
    CaseMember.objects.bulk_create(CaseMember(case=case, user=user, named_at=NOW) for user in people)
    Case.objects.filter(pk=case.pk).update(restricted=True)


def make_client(
    *, case: Case | None = None, team: Team | None = None, by: User | None = None, now: datetime = NOW, **fields: Any
) -> Client:
    """The principal applicant of a new case or of `case`; the next ones in a case are unrelated unless told."""
    case = case or make_case(team=team, by=by, now=now)
    known: dict[str, Any] = {
        "family_name": "Образцова",
        "given_name": "Вымышлена",
        "birth": Birth(date(1990, 5, 17)),
        "nationalities": ["RU"],
    }
    return actions.add_client(case=case, by=by or make_user(team=case.team), now=now, **(known | fields))


def make_contact(client: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Contact:
    known: dict[str, Any] = {"channel": Contact.Channel.PHONE, "value": "+996 555 012345"}
    return actions.record_contact(client=client, by=by or make_user(team=client.case.team), now=now, **(known | fields))


def make_address(client: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Address:
    known: dict[str, Any] = {"country": "KG", "city": "Бишкек", "line": "ул. Придуманная, 1", "since": date(2026, 9, 1)}
    return actions.record_address(client=client, by=by or make_user(team=client.case.team), now=now, **(known | fields))


def make_note(case: Case, *, by: User | None = None, now: datetime = NOW, **fields: Any) -> Note:
    known: dict[str, Any] = {"text": "Пришла на приём. Came to the office."}
    return actions.write_note(case=case, by=by or make_user(team=case.team), now=now, **(known | fields))


def make_relation(
    one: Client, kind: str, other: Client, *, by: User | None = None, now: datetime = NOW, **fields: Any
) -> Relation:
    by = by or make_user(team=one.case.team)
    return actions.relate(one=one, kind=kind, other=other, by=by, now=now, today=now.date(), **fields)


def make_transfer(case: Case, to_worker: User | None = None, *, now: datetime = NOW, **fields: Any) -> Transfer:
    """An offer of `case` to somebody, or with `to_team` to whoever gives out work there."""
    known: dict[str, Any] = {"note": "Ждёт звонка. Waits for a call.", "by": fields.pop("by", None) or case.caseworker}
    if to_worker is not None:
        known["to_team"] = team_of(to_worker)
    known["by"] = known["by"] or make_user(team=case.team)
    return actions.offer_case(case=case, to_worker=to_worker, now=now, **(known | fields))
