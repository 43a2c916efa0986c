"""The matrix: what each address should answer to somebody of a role who stands in a relation to a case.

Every address is in it but the three that end the session. Those that are about no case are walked too, for what they tell
of the case: the admin, the pages of sign-in (what else they answer: `tests/web/sign_in`, and to strangers
`test_url_policies`) and those of the demo, which are not there outside it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Team, User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.clients import actions
from casework.clients.models import Case
from casework.config.admin_site import KEEPERS
from casework.lifecycle.emergency import open_in_emergency
from tests.factories.accounts import make_membership, make_user
from tests.factories.files import File

from .urls import EXAMPLES, PART, Address, addresses

ENDS_THE_SESSION = {"account_logout", "leave", "logout"}
ADDRESSES = [it for it in addresses() if it.name not in ENDS_THE_SESSION]
METHODS = ("get", "post")  # of every address by everybody; of the others, those that a view takes: `taken`
OTHER_METHODS = ("put", "patch", "delete")
SHOWN = frozenset({200, 302, 400, 409})
NOT_ALLOWED = 405  # the method, whoever asks
REFUSED = 403
NOT_THERE = 404
UNKNOWN = 401  # to programs without a token

# What the organisation keeps, whichever case.
OF_THE_ORGANISATION = (
    *("programmes/", "rules/", "policy-desk/", "what-would-change/", "document-types/", "partners/", "offers/"),
    *("housing/sites/", "housing/units/", "housing/beds/", "housing/blocks/"),
    *("housing/leases/", "housing/rents/", "housing/hosts/", "housing/safety-notes/"),
    *("people/", "teams/", "leavers/", "retention/", "invitation/", "calendar/", "account/", "admin/"),
    *("api/", "api-tokens/"),
)
# What belongs to no case, or is kept by predicates of its own and tested with them.
OF_NO_CASE = {
    "absence_id",
    "filter_id",
    "follow_up_id",
    "key",
    "rest",
    "export_id",
    "job_id",
    "import_id",
    "number",
    "batch",
    "complaint_id",
    "pair_id",
    "merge_id",
    "hand_over_id",
    "user_id",
    "access_id",
    "notice_id",
    "turn_away_id",
}

# What only those read, write and take along who are close to the case: it says what people need.
CLOSE = {
    *("record_assessment", "change_assessment", "record_need", "change_need", "end_need", "resume_need", "remove_need"),
    *("answer_suggestion", "score_anew", "answer_score"),
    *("own_copy", "portable_file"),
}
# Archived cases are erased too, and kept from it.
ALSO_ARCHIVED = {
    *(
        "ask_to_erase",
        "order_hold",
        "lift_hold",
        "erasure",
        "erasure_confirmation",
        "confirm_erasure",
        "withdraw_erasure",
    ),
}
# Who else sees the case is decided by its team: a guest's access would outlast its end if they took the case, or its people, along.
OF_THE_TEAM = {"restrict_case", "lift_restriction", "offer_case", "split_case", "join_case"}
# A to-do is done by whoever has to do it, or by those who assign the cases of the team.
OF_ITS_OWNER = {"change_to_do", "mark_seen", "finish_to_do", "reopen_to_do"}
# Who sees the case is told why there is nothing to answer any more.
TOLD = {"accept_transfer", "decline_transfer"}


def of_another_team(user: User, role: Role | None, file: File) -> None:
    _hold(user, role)


def of_the_team(user: User, role: Role | None, file: File) -> None:
    _hold(user, role, file.case.team)


def of_a_former_team(user: User, role: Role | None, file: File) -> None:
    """Their role there has ended; who is of a team works in another now."""
    _hold(user, role or Role.CASEWORKER, file.case.team)
    user.memberships.update(ends_at=timezone.now())
    if role is not None and DEFINITIONS[role].of_a_team:
        _hold(user, role)


def own(user: User, role: Role | None, file: File) -> None:
    of_the_team(user, role, file)
    Case.objects.filter(pk=file.case.pk).update(caseworker=user)


def restricted_and_named(user: User, role: Role | None, file: File) -> None:
    of_the_team(user, role, file)
    with _working(user, role, file.case.team):
        _restrict(file, user)


def restricted_and_not_named(user: User, role: Role | None, file: File) -> None:
    of_the_team(user, role, file)
    _restrict(file, make_user(team=file.case.team))


def archived(user: User, role: Role | None, file: File) -> None:
    of_the_team(user, role, file)
    now = timezone.now()
    closed = {"status": Case.Status.CLOSED, "closed_at": now, "closing_reason": "left"}
    Case.objects.filter(pk=file.case.pk).update(archived_at=now, **closed)


def lent_to_look(user: User, role: Role | None, file: File) -> None:
    _lend(user, role, file, may_change=False)


def lent_to_change(user: User, role: Role | None, file: File) -> None:
    _lend(user, role, file, may_change=True)


def opened_in_an_emergency(user: User, role: Role | None, file: File) -> None:
    restricted_and_not_named(user, role, file)
    with _working(user, role, None):
        open_in_emergency(code=file.case.code, reason="Somebody called from the border.", by=user, now=timezone.now())


def works_with_cases(role: Role | None) -> bool:
    return role is not None and Permission.CASE_VIEW in DEFINITIONS[role].permissions


def _hold(user: User, role: Role | None, team: Team | None = None) -> None:
    if role is not None:
        make_membership(user, role, team=team if DEFINITIONS[role].of_a_team else None)


@contextmanager
def _working(user: User, role: Role | None, team: Team | None) -> Iterator[None]:
    """Let somebody whose role has nothing to do with cases be a caseworker for as long as it takes to get into a relation.

    So they keep what they were given, as whoever changes from one role to another does.
    """
    if works_with_cases(role):
        yield
        return
    held = make_membership(user, Role.CASEWORKER, team=team)
    yield
    held.delete()


def _lend(user: User, role: Role | None, file: File, *, may_change: bool) -> None:
    of_another_team(user, role, file)
    now = timezone.now()
    with _working(user, role, None):
        actions.give_access(
            user=user,
            case=file.case,
            may_change=may_change,
            starts_at=now,
            ends_at=now + timedelta(days=3),
            reason="Stands in for a colleague.",
            by=make_user(Role.COORDINATOR, team=file.case.team),
            now=now,
        )


def _restrict(file: File, other: User) -> None:
    case = Case.objects.get(pk=file.case.pk)
    actions.restrict_case(
        case=case, people=[file.worker, other], version=case.version, by=file.worker, now=timezone.now()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a person is to a case, and what that lets those do whose role is about cases."""

    name: str
    come_about: Callable[[User, Role | None, File], None]
    sees: bool = True
    changes: bool = True
    is_of_the_team: bool = True
    assigns: bool = True  # where the role does
    is_close: bool = False
    has_role: bool = True  # otherwise only where the role is of a team

    def __str__(self) -> str:
        return self.name


FROM_OUTSIDE = {"assigns": False, "is_of_the_team": False}
RELATIONS = [
    Relation(name="own case", come_about=own, is_close=True),
    Relation(name="case of the own team", come_about=of_the_team),
    Relation(name="case of another team", come_about=of_another_team, sees=False, changes=False),
    Relation(name="case of a former team", come_about=of_a_former_team, sees=False, changes=False, has_role=False),
    Relation(name="restricted case, named", come_about=restricted_and_named, is_close=True),
    Relation(name="restricted case, not named", come_about=restricted_and_not_named, sees=False, changes=False),
    Relation(name="archived case", come_about=archived, changes=False),
    Relation(name="access for a time, to look", come_about=lent_to_look, changes=False, **FROM_OUTSIDE),
    Relation(name="access for a time, to change", come_about=lent_to_change, is_close=True, **FROM_OUTSIDE),
    Relation(name="opened in an emergency", come_about=opened_in_an_emergency, changes=False, **FROM_OUTSIDE),
]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, and what they are to the case of `file`. `missing`: what they find where nothing is."""

    browser: Browser
    role: Role | None
    relation: Relation
    file: File
    missing: dict[str, str] = field(default_factory=dict)

    @classmethod
    def come(cls, role: Role | None, relation: Relation, file: File) -> "Visitor":
        user = make_user(None)
        relation.come_about(user, role, file)
        keeps_it = relation.has_role or (role is not None and DEFINITIONS[role].of_a_team)
        return cls(browser_of(user), role if keeps_it else None, relation, file)

    @property
    def permissions(self) -> frozenset[Permission]:
        return DEFINITIONS[self.role].permissions if self.role else frozenset()

    @property
    def kept_from(self) -> tuple[str, ...]:
        """What they read nowhere. Auditors know cases by their codes, and nothing else of them."""
        if self.relation.sees and Permission.CASE_VIEW in self.permissions:
            return ()
        if Permission.AUDIT_VIEW in self.permissions:
            return tuple(secret for secret in self.file.secrets if secret != self.file.case.code)
        return self.file.secrets

    def asks(self, method: str, path: str) -> tuple[int, str]:
        """Return status and page, with where it leads and the name of the file, without what it says of its own address.

        Nothing of it stays done.
        """
        with transaction.atomic():
            response: Any = getattr(self.browser, method)(path)
            content = response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        leads_to = response.get("Location", "").replace(f"next={path}", "next=")
        said = response.get("Content-Disposition", "") + content.decode(errors="replace").replace(path, "")
        return response.status_code, leads_to + said

    def may(self, address: Address) -> bool | None:
        """Return whether this address is there for them; None where its rows are not of the case."""
        permission = address.policy.permission if address.policy else None
        if not is_about_a_case(address, self.file):
            return None
        if (
            address.is_of_programs
            or permission is None
            or permission
            not in {
                Permission.CASE_VIEW,
                Permission.CASE_CHANGE,
                Permission.CASE_ASSIGN,
                Permission.HOUSING_PLACE,
            }
        ):
            return None
        assigns = Permission.CASE_ASSIGN in self.permissions and self.relation.assigns
        is_archived = self.relation.name == "archived case"
        changes = self.relation.changes or (is_archived and address.name in ALSO_ARCHIVED)
        if address.name == "unarchive_case":
            return is_archived
        if address.name in OF_ITS_OWNER:
            return self.relation.changes and assigns
        if address.name in OF_THE_TEAM and not self.relation.is_of_the_team:
            return False
        if address.name in CLOSE and not (self.relation.is_close or assigns):
            return False
        if permission == Permission.CASE_ASSIGN:
            return changes and assigns
        if permission == Permission.CASE_VIEW or address.name in TOLD:
            return self.relation.sees
        return changes


def browser_of(user: User) -> Browser:
    browser = Browser(raise_request_exception=False)
    browser.force_login(user)
    return browser


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody was answered; `problem` says what the policies would not have, nothing where all is well."""

    method: str
    route: str
    status: int
    problem: str


Taken = Collection[tuple[str, str]]


def answers(
    visitor: Visitor, among: Iterable[Address], methods: Sequence[str] = METHODS, taken: Taken = ()
) -> Iterator[Answer]:
    """Ask for each address with each of `methods` and with those others that its view takes."""
    missing = visitor.missing
    for address in among:
        path = path_to(address, visitor.file)
        for method in (*methods, *(other for other in OTHER_METHODS if (other, address.route) in taken)):
            if method not in missing:
                missing[method] = without_tokens(visitor.asks(method, "/nothing-is-here/")[1])
            status, page = visitor.asks(method, path)
            found = problem(visitor, address, status, page, missing[method])
            yield Answer(method, address.route, status, found)


def wrong_answers(visitor: Visitor, among: Iterable[Address], methods: Sequence[str] = METHODS) -> list[Answer]:
    return [it for it in answers(visitor, among, methods) if it.problem]


def problems(given: Iterable[Answer]) -> dict[str, list[str]]:
    """Return what is wrong, and where."""
    found: dict[str, list[str]] = {}
    for it in given:
        if it.problem:
            found.setdefault(it.problem, []).append(f"{it.method} {it.route}: {it.status}")
    return found


def methods_taken(file: File) -> set[tuple[str, str]]:
    """Return which views take which other methods, asked by somebody who holds every role."""
    user = make_user(None)
    for role in Role:
        _hold(user, role, file.case.team)
    visitor = Visitor(browser_of(user), None, RELATIONS[0], file)
    asked = [(method, it) for it in ADDRESSES for method in OTHER_METHODS]
    return {(method, it.route) for method, it in asked if visitor.asks(method, path_to(it, file))[0] != NOT_ALLOWED}


def problem(visitor: Visitor, address: Address, status: int, page: str, missing: str) -> str:
    """Return what is wrong with an answer; nothing where it is as the policies say. `missing`: what is not there."""
    policy = address.policy
    if status >= 500:
        return "breaks"
    if any(secret in page for secret in visitor.kept_from):
        return "tells something of the case"
    if status == NOT_ALLOWED or address.is_of_sign_in:
        return ""
    if address.is_admin:
        return (
            "" if KEEPERS & visitor.permissions or is_shut(address, status, page) else "opens to strangers of the rules"
        )
    assert policy is not None
    if policy.token:
        return "" if status == UNKNOWN else "opens to somebody without a token"
    if policy.demo_only:
        return "" if status == NOT_THERE else "opens outside the demo"
    if policy.permission is not None and policy.permission not in visitor.permissions:
        return "" if status == REFUSED else "opens to a role without the permission"
    may = visitor.may(address)
    if may is False and status != NOT_THERE:
        return "opens"
    if may is False and (other := difference(page, missing)):
        return f"answers otherwise than what is not there: {other}"
    return "does not open" if may and status not in SHOWN else ""


def is_shut(address: Address, status: int, page: str) -> bool:
    """Return whether somebody stands before the door of the admin. Its words and the way to one's own password are no secret."""
    at_the_door = status == 302 and page.startswith("/admin/login/")
    return at_the_door or status in {REFUSED, NOT_THERE} or address.name in {"jsi18n", "password_change"}


def without_tokens(page: str) -> str:
    """Return `page` without what differs from one request to the next: its token, and the time of the day."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\b\d\d:\d\d\b', "", page)


def difference(page: str, missing: str) -> str:
    """Return where `page` begins to differ from `missing`; nothing where they are the same."""
    page = without_tokens(page)
    if page == missing:
        return ""
    begins = next((place for place, (one, other) in enumerate(zip(page, missing, strict=False)) if one != other), 0)
    return page[begins : begins + 60]


def path_to(address: Address, file: File) -> str:
    """Return the path of `address` where it is about the case of `file`; what belongs to no case stays an example."""

    def stands_for(found: re.Match[str]) -> str:
        value = file.stands_for(found[2], address.route[: found.start()])
        return str(value) if value is not None else EXAMPLES[found[1] or "str"]

    return "/" + PART.sub(stands_for, address.route)


def is_about_a_case(address: Address, file: File) -> bool:
    return path_to(address, file) != address.path


def is_listed(address: Address, file: File) -> bool:
    """Return whether every part of `address` stands for something of a case or is known to belong to none."""
    parts = [(found[2], address.route[: found.start()]) for found in PART.finditer(address.route)]
    return address.route.startswith(OF_THE_ORGANISATION) or all(
        file.stands_for(name, before) is not None or name in OF_NO_CASE for name, before in parts
    )
