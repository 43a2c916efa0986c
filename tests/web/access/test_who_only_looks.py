"""Whoever may only look at a case is offered nothing to do with it: what each page loads says so."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.drafts import save_draft
from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.web.appointments.loading import visible_appointment
from casework.web.cases.loading import visible_case, visible_client
from casework.web.deadlines.views.why_this_date import _load as visible_deadline
from casework.web.documents.loading import visible_scan
from casework.web.log.loading import visible_note
from casework.web.referrals.loading import visible_referral
from tests.factories.accounts import make_team, make_user
from tests.factories.files import File, make_file
from tests.guards.matrix import lent_to_look

pytestmark = pytest.mark.django_db

ROWS: dict[str, Callable[..., Any]] = {
    "note_id": visible_note,
    "scan_id": visible_scan,
    "referrals/ referral_id": visible_referral,
    "deadline_id": visible_deadline,
    "appointment_id": visible_appointment,
}


@pytest.fixture
def file() -> File:
    team = make_team()
    return make_file(team=team, worker=make_user(Role.COORDINATOR, team=team), name="Тайнов")


@pytest.fixture
def guest(file: File) -> User:
    user = make_user(None)
    lent_to_look(user, Role.COORDINATOR, file)
    return user


def offered(user: User, file: File) -> dict[str, bool]:
    """Return of what of the case a change is offered."""
    now = timezone.now()
    case = visible_case(user, file.case.code, now)
    client = visible_client(user, file.client.reference, now)
    rows = {name: load(user, file.rows[name], now).may_change for name, load in ROWS.items()}
    return rows | {"case": case.may_change, "back from the archive": case.may_unarchive, "client": client.may_change}


def test_who_may_change_the_case_is_offered_it_and_who_may_look_is_not(file: File, guest: User) -> None:
    assert set(offered(file.worker, file).values()) == {True}
    assert set(offered(guest, file).values()) == {False}


def test_nobody_is_told_of_the_draft_of_somebody_else(file: File, guest: User) -> None:
    now = timezone.now()
    save_draft(
        by=file.worker,
        form="write_note",
        about=file.case.pk,
        key=None,
        page=uuid.uuid4(),
        sequence=1,
        content=[("text", "Черновик")],
        now=now,
    )

    told = [visible_case(user, file.case.code, now).draft_saved_at for user in (file.worker, guest)]
    assert told == [now, None]
