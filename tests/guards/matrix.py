"""The matrix: what each address should answer to somebody of a role who stands in a relation to a case."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.clients import actions
from casework.clients.models import Case
from casework.lifecycle.emergency import open_in_emergency
from tests.factories.accounts import make_membership, make_user
from tests.factories.files import File

from .urls import EXAMPLES, PART, Address, addresses

# The pages of sign-in are tested by themselves: some of them end the session that the matrix goes by.
ENDS_THE_SESSION = {"account_logout", "leave"}
ADDRESSES = [
    it
    for it in addresses()
    if it.policy is not None and not it.is_of_sign_in and not it.is_admin and not it.policy.demo_only
    if it.name not in ENDS_THE_SESSION
]
METHODS = ("get", "post", "put", "delete")
SHOWN = frozenset({200, 302, 400, 409})
NOT_ALLOWED = 405  # the method, whoever asks
REFUSED = 403
NOT_THERE = 404

# What the organisation keeps, whichever case.
OF_THE_ORGANISATION = (
    *("programmes/", "rules/", "policy-desk/", "what-would-change/", "document-types/", "partners/", "offers/"),
    *("people/", "teams/", "invitation/", "account/"),
)
# What belongs to no case, or is kept by predicates of its own and tested with them.
OF_NO_CASE = {"key", "export_id", "batch", "complaint_id", "pair_id", "access_id", "notice_id"}

# What only those read and write who are close to the case: it says what people need.
CLOSE = {
    *("record_assessment", "change_assessment", "record_need", "change_need", "end_need", "remove_need"),
    *("answer_suggestion", "score_anew", "answer_score"),
}
# A to-do is done by whoever has to do it, or by those who assign the cases of the team.
OF_ITS_OWNER = {"change_to_do", "mark_seen", "finish_to_do", "reopen_to_do"}
# Who sees the case is told why there is nothing to answer any more.
TOLD = {"accept_transfer", "decline_transfer"}


def of_another_team(user: User, role: Role, file: File) -> None:
    make_membership(user, role)


def of_the_team(user: User, role: Role, file: File) -> None:
    make_membership(user, role, team=file.case.team)


def of_a_former_team(user: User, role: Role, file: File) -> None:
    make_membership(user, role, team=file.case.team, ends_at=timezone.now())


def own(user: User, role: Role, file: File) -> None:
    of_the_team(user, role, file)
    Case.objects.filter(pk=file.case.pk).update(caseworker=user)


def restricted_and_named(user: User, role: Role, file: File) -> None:
    of_the_team(user, role, file)
    _restrict(file, user if works_with_cases(role) else make_user(team=file.case.team))


def restricted_and_not_named(user: User, role: Role, file: File) -> None:
    of_the_team(user, role, file)
    _restrict(file, make_user(team=file.case.team))


def archived(user: User, role: Role, file: File) -> None:
    of_the_team(user, role, file)
    now = timezone.now()
    closed = {"status": Case.Status.CLOSED, "closed_at": now, "closing_reason": "left"}
    Case.objects.filter(pk=file.case.pk).update(archived_at=now, **closed)


def lent_to_look(user: User, role: Role, file: File) -> None:
    _lend(user, role, file, may_change=False)


def lent_to_change(user: User, role: Role, file: File) -> None:
    _lend(user, role, file, may_change=True)


def opened_in_an_emergency(user: User, role: Role, file: File) -> None:
    restricted_and_not_named(user, role, file)
    if works_with_cases(role):
        open_in_emergency(code=file.case.code, reason="Somebody called from the border.", by=user, now=timezone.now())


def works_with_cases(role: Role) -> bool:
    return Permission.CASE_VIEW in DEFINITIONS[role].permissions


def _lend(user: User, role: Role, file: File, *, may_change: bool) -> None:
    of_another_team(user, role, file)
    if works_with_cases(role):
        now = timezone.now()
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
    come_about: Callable[[User, Role, File], None]
    sees: bool = True
    changes: bool = True
    assigns: bool = True  # where the role does
    is_close: bool = False
    has_role: bool = True

    def __str__(self) -> str:
        return self.name


RELATIONS = [
    Relation(name="own case", come_about=own, is_close=True),
    Relation(name="case of the own team", come_about=of_the_team),
    Relation(name="case of another team", come_about=of_another_team, sees=False, changes=False),
    Relation(name="case of a former team", come_about=of_a_former_team, sees=False, changes=False, has_role=False),
    Relation(name="restricted case, named", come_about=restricted_and_named, is_close=True),
    Relation(name="restricted case, not named", come_about=restricted_and_not_named, sees=False, changes=False),
    Relation(name="archived case", come_about=archived, changes=False),
    Relation(name="access for a time, to look", come_about=lent_to_look, changes=False, assigns=False),
    Relation(name="access for a time, to change", come_about=lent_to_change, assigns=False, is_close=True),
    Relation(name="opened in an emergency", come_about=opened_in_an_emergency, changes=False, assigns=False),
]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, and what they are to the case of `file`."""

    browser: Browser
    role: Role | None
    relation: Relation
    file: File

    @classmethod
    def come(cls, role: Role | None, relation: Relation, file: File) -> "Visitor":
        user = make_user(None)
        if role is not None:
            relation.come_about(user, role, file)
        browser = Browser(raise_request_exception=False)
        browser.force_login(user)
        return cls(browser, role if relation.has_role else None, relation, file)

    @property
    def permissions(self) -> frozenset[Permission]:
        return DEFINITIONS[self.role].permissions if self.role else frozenset()

    def asks(self, method: str, path: str) -> tuple[int, str]:
        """Return status and page, without what the page says of its own address; nothing of it stays done."""
        with transaction.atomic():
            response: Any = getattr(self.browser, method)(path)
            content = response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        return response.status_code, content.decode(errors="replace").replace(path, "")

    def may(self, address: Address) -> bool | None:
        """Return whether this address is there for them; None where its rows are not of the case."""
        assert address.policy is not None
        permission = address.policy.permission
        if not is_about_a_case(address, self.file):
            return None
        if permission is None or permission not in {
            Permission.CASE_VIEW,
            Permission.CASE_CHANGE,
            Permission.CASE_ASSIGN,
        }:
            return None
        assigns = Permission.CASE_ASSIGN in self.permissions and self.relation.assigns
        if address.name == "unarchive_case":
            return self.relation.name == "archived case"
        if address.name in OF_ITS_OWNER:
            return self.relation.changes and assigns
        if address.name in CLOSE and not (self.relation.is_close or assigns):
            return False
        if permission == Permission.CASE_ASSIGN:
            return self.relation.changes and assigns
        if permission == Permission.CASE_VIEW or address.name in TOLD:
            return self.relation.sees
        return self.relation.changes


def wrong_answers(
    visitor: Visitor, among: Iterable[Address], methods: Sequence[str]
) -> list[tuple[str, str, int, str]]:
    """Return what was answered otherwise than the policies say: method, route, status and what is wrong."""
    wrong = []
    secrets = () if visitor.relation.sees and Permission.CASE_VIEW in visitor.permissions else visitor.file.secrets
    missing = {method: without_tokens(visitor.asks(method, "/nothing-is-here/")[1]) for method in methods}
    for address in among:
        assert address.policy is not None
        path = path_to(address, visitor.file)
        may = visitor.may(address)
        lacks = address.policy.permission is not None and address.policy.permission not in visitor.permissions
        for method in methods:
            status, page = visitor.asks(method, path)
            problem = ""
            if any(secret in page for secret in secrets):
                problem = "tells something of the case"
            elif status == NOT_ALLOWED:
                pass
            elif lacks:
                problem = "" if status == REFUSED else "opens to a role without the permission"
            elif may is False and status != NOT_THERE:
                problem = "opens"
            elif may is False and (other := difference(page, missing[method])):
                problem = f"answers otherwise than what is not there: {other}"
            elif may and status not in SHOWN:
                problem = "does not open"
            elif status >= 500:
                problem = "breaks"
            if problem:
                wrong.append((method, address.route, status, problem))
    return wrong


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
