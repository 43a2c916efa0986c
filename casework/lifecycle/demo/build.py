"""Brings the demo situations into an empty installation, through the same acts that people use."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import transaction

from casework.accounts.actions import change_organisation, grant_role
from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.documents import actions as documents
from casework.documents.models import Document
from casework.lib.dates import Birth, today_in
from casework.residency import actions as residency
from casework.residency.models import Deadline, Stay

from .access import build_access
from .desk import build_desk
from .diary import build_diary
from .duplicates import build_duplicates
from .erasing import build_erasing
from .housing import build_housing
from .imports import build_imports
from .logins import LOGINS
from .messages import build_messages
from .needs import build_needs
from .referring import build_referring
from .reports import build_reports
from .safety import build_safety
from .scans import build_scans
from .shapes import Answer, Day, Person, Situation, Visit, on
from .situations import SITUATIONS
from .waiting import build_waiting

TEAMS = {
    "ALA": ("Almaty", "KZ", "Asia/Almaty"),
    "FRU": ("Bishkek", "KG", "Asia/Bishkek"),
    "ULN": ("Ulaanbaatar", "MN", "Asia/Ulaanbaatar"),
    "TBS": ("Tbilisi", "GE", "Asia/Tbilisi"),
    "EVN": ("Yerevan", "AM", "Asia/Yerevan"),
}
# Colleagues in the other offices; they exist so that cases have somebody, and nobody signs in as them.
COLLEAGUES = {"ulaanbaatar": "ULN", "tbilisi": "TBS", "yerevan": "EVN"}


class UnableToLoadDemo(Exception):
    """The installation holds something else already."""


@transaction.atomic
def load_demo(*, now: datetime) -> int:
    """Make teams, users and cases; return the number of cases. An installation that has users is left alone."""
    if User.objects.exists():
        if User.objects.filter(email=LOGINS[0].email).exists():
            _follow_passwords()
            return 0
        raise UnableToLoadDemo("There are users already, and they are not those of the demo. Nothing was changed.")
    # Everything began some time ago, so that cases can have been opened since.
    began = now - timedelta(days=800)
    teams = {
        code: Team.objects.create(code=code, name=name, country=country, time_zone=zone)
        for code, (name, country, zone) in TEAMS.items()
    }
    workers = _make_users(teams, began)
    change_organisation(
        version=1,
        by=workers["admin"],
        now=began,
        name="Invented Help (demo)",
        address="1 Nowhere Street, Bishkek",
        data_contact="data@demo.example",
    )
    for situation in SITUATIONS:
        _build(situation, teams, workers, now)
    build_diary(teams=teams, workers=workers, now=now)
    build_referring(teams=teams, workers=workers, now=now)
    build_needs(team=teams["ALA"], keeper=workers["admin"], worker=workers["caseworker"], now=now)
    build_safety(teams=teams, workers=workers, now=now)
    build_messages(teams=teams, workers=workers, now=now)
    build_scans(teams=teams, workers=workers, now=now)
    build_desk(editor=workers["editor"], reviewer=workers["reviewer"], now=now)
    build_duplicates(team=teams["ALA"], coordinator=workers["coordinator"], now=now)
    build_access(teams=teams, workers=workers, now=now)
    build_housing(teams=teams, workers=workers, now=now)
    build_waiting(teams=teams, workers=workers, now=now)
    build_imports(team=teams["ALA"], worker=workers["caseworker"], now=now)
    build_erasing(team=teams["ALA"], worker=workers["caseworker"], coordinator=workers["coordinator"], now=now)
    build_reports(reader=workers["reports"], now=now)
    return len(SITUATIONS)


def _follow_passwords() -> None:
    """The passwords that are printed follow from the secret of the key file: after a rotation they are others."""
    users = {user.email: user for user in User.objects.filter(email__in=[login.email for login in LOGINS])}
    first = users[LOGINS[0].email]
    if not check_password(LOGINS[0].password, first.password):
        for login in LOGINS:
            if (user := users.get(login.email)) is not None:
                user.set_password(login.password)
                user.save(update_fields=["password"])


def _make_users(teams: dict[str, Team], began: datetime) -> dict[str, User]:
    users: dict[str, User] = {}
    for login in LOGINS:
        user = User.objects.create_user(
            login.email, login.password, display_name=login.display_name, language=login.language, now=began
        )
        grant_role(user=user, role=login.role, team=teams.get(login.team), by=None, now=began)
        users[login.email.split("@")[0]] = user
    for name, team in COLLEAGUES.items():
        user = User.objects.create_user(f"{name}@demo.example", None, display_name=f"Demo {name.title()}", now=began)
        for role in (Role.CASEWORKER, Role.COORDINATOR):
            grant_role(user=user, role=role, team=teams[team], by=None, now=began)
        users[name] = user
    return users


def _build(situation: Situation, teams: dict[str, Team], workers: dict[str, User], now: datetime) -> None:
    team = teams[situation.team]
    worker = workers.get(situation.worker)
    by = worker or workers["coordinator"]
    opened = now + timedelta(days=situation.opened)
    case = clients.open_case(team=team, caseworker=worker, priority=situation.priority, by=by, now=opened)
    today = today_in(team.time_zone, now)
    people = [_add(person, case, by, opened, today) for person in situation.people]
    for client, person in zip(people, situation.people, strict=True):
        _record_facts(client, person, by, now, today)
    for text in situation.notes:
        clients.write_note(case=case, text=text, by=by, now=opened)
    residency.refresh(client_ids=[client.pk for client in people], now=now)
    for client, person in zip(people, situation.people, strict=True):
        for answer in person.answers:
            _answer(client, answer, workers.get(answer.recorded_by, by), workers, now, today)
    _settle(situation, case, by, workers, now)


def _add(person: Person, case: Case, by: User, now: datetime, today: date) -> Client:
    family, given, patronymic = person.name
    birth = Birth(on(person.born, today)) if person.born is not None else Birth(year=person.birth_year)
    client = clients.add_client(
        case=case,
        by=by,
        now=now,
        family_name=family,
        given_name=given,
        patronymic=patronymic,
        other_names=person.other_names,
        birth=birth,
        sex=person.sex,
        nationalities=person.nationalities,
        language="uk" if "UA" in person.nationalities else "ru",
        relation=person.relation,
    )
    if person.reach:
        channel, value, instructions = person.reach
        clients.record_contact(client=client, channel=channel, value=value, instructions=instructions, by=by, now=now)
    return client


def _record_facts(client: Client, person: Person, by: User, now: datetime, today: date) -> None:
    papers = [
        documents.record_document(
            client=client,
            kind=paper.kind,
            country=paper.country,
            number=paper.number,
            issued_on=_maybe(paper.issued_on, today),
            valid_until=_maybe(paper.valid_until, today),
            state=paper.state,
            biometric=paper.biometric,
            renewable_abroad=paper.renewable_abroad,
            by=by,
            now=now,
        )
        for paper in person.papers
    ]
    stays = [_record_visit(client, visit, papers, by, now, today) for visit in person.visits]
    for right in person.rights:
        residency.record_permit(
            client=client,
            country=right.country,
            kind=right.kind,
            valid_from=_maybe(right.valid_from, today),
            printed_until=_maybe(right.printed_until, today),
            remark=right.remark,
            by=by,
            now=now,
        )
    for slip in person.slips:
        residency.record_registration(
            client=client,
            country=slip.country,
            kind=slip.kind,
            registered_on=on(slip.registered_on, today),
            valid_until=_maybe(slip.valid_until, today),
            stay=stays[slip.stay] if slip.stay is not None else None,
            by=by,
            now=now,
        )
    for request in person.requests:
        residency.record_application(
            client=client,
            country=request.country,
            kind=request.kind,
            filed_on=_maybe(request.filed_on, today),
            state=request.state,
            decided_on=_maybe(request.decided_on, today),
            keeps_stay_lawful=request.keeps_stay_lawful,
            by=by,
            now=now,
        )
    for home in person.homes:
        clients.record_address(
            client=client,
            country=home.country,
            city=home.city,
            line="ул. Придуманная, 1",
            since=_maybe(home.since, today),
            registration_possible=home.registration_possible,
            area_closed=home.area_closed,
            by=by,
            now=now,
        )


def _record_visit(client: Client, visit: Visit, papers: list[Document], by: User, now: datetime, today: date) -> Stay:
    first, last = visit.entered if isinstance(visit.entered, tuple) else (visit.entered, visit.entered)
    left: tuple[date | None, date | None] = (None, None)
    if isinstance(visit.left, tuple):
        left = (on(visit.left[0], today), on(visit.left[1], today))
    elif visit.left is not None and not isinstance(visit.left, str):
        left = (on(visit.left, today), on(visit.left, today))
    return residency.record_stay(
        client=client,
        country=visit.country,
        entered_earliest=on(first, today),
        entered_latest=on(last, today),
        has_left=visit.left is not None,
        left_earliest=left[0],
        left_latest=left[1],
        planned=visit.planned,
        document=papers[visit.paper] if visit.paper is not None and papers else None,
        legal_basis=visit.basis,
        purpose=visit.purpose,
        evidence=visit.evidence,
        remark=visit.remark,
        by=by,
        now=now,
    )


def _answer(client: Client, answer: Answer, by: User, workers: dict[str, User], now: datetime, today: date) -> None:
    for deadline in Deadline.objects.filter(client=client, duty=answer.duty, gone_at__isnull=True):
        if answer.kind == "done":
            residency.mark_done(deadline=deadline, seen_on=deadline.drives_on, by=by, now=now)
        elif answer.kind == "waived":
            residency.waive(deadline=deadline, reason=answer.reason, seen_on=deadline.drives_on, by=by, now=now)
        elif answer.imposed_on is not None:
            _set_date(deadline, answer, on(answer.imposed_on, today), by, workers, now)


def _set_date(
    deadline: Deadline, answer: Answer, imposed_on: date, by: User, workers: dict[str, User], now: datetime
) -> None:
    values: dict[str, Any] = {"imposed_on": imposed_on, "reason": answer.reason, "by": by, "now": now}
    if answer.kind == "overridden":
        deadline = residency.override(deadline=deadline, **values)
    else:
        deadline = residency.impose(deadline=deadline, authority=answer.authority, paper=answer.paper, **values)
    order = residency.waiting_order(deadline)
    if answer.confirmed_by and order is not None:
        second = workers[answer.confirmed_by]
        residency.confirm_order(deadline=deadline, order=order.pk, seen_on=deadline.drives_on, by=second, now=now)


def _settle(situation: Situation, case: Case, by: User, workers: dict[str, User], now: datetime) -> None:
    case.refresh_from_db()
    if situation.restricted:
        named = [workers[name] for name in situation.names]
        clients.restrict_case(case=case, people=named, version=case.version, by=by, now=now)
    if situation.closed:
        clients.close_case(case=case, reason=situation.closed, version=case.version, by=by, now=now)


def _maybe(day: Day | None, today: date) -> date | None:
    return None if day is None else on(day, today)
