"""The policy desk in a real browser: live examples, no barriers, with keyboard and without script."""

from typing import Any

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from casework.accounts.roles import Role
from casework.residency.actions.reviews import ask_for_review
from casework.residency.models import Rule
from tests.browser import DESK, PHONE, Visitor, browser
from tests.factories.accounts import NOW, PASSWORD, make_user
from tests.factories.residency import make_rule
from tests.factories.rules import EXAMPLE, make_draft

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: LiveServer, settings: LazySettings) -> str:
    settings.SECOND_FACTOR_REQUIRED = False
    return str(live_server.url)


def visitor(browser: Any, site: str, role: Role, **options: Any) -> Visitor:
    user = make_user(role)
    return Visitor(browser, site, **options).sign_in(user.email, PASSWORD)


def drafted(**values: Any) -> Rule:
    make_rule(key="kz-gap", part="gap", valid=(None, NOW.date()), review_status="needs_review")
    make_rule(key="kz-practice", part="practice", legal_status="practice")
    draft = make_draft(worked_examples=[EXAMPLE], **values)
    ask_for_review(rule=draft, by=make_user(Role.POLICY_EDITOR), now=NOW)
    return draft


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_pages_keep_nobody_out(browser: Any, site: str, viewport: dict[str, int]) -> None:
    draft = drafted()
    them = visitor(browser, site, Role.POLICY_REVIEWER, viewport=viewport)

    # Whoever opens a page through the visitor has it checked: barriers, width, complaints of the console.
    them.go("/policy-desk/").go("/policy-desk/rules/").go("/rules/KZ/timeline/")
    them.go(f"/policy-desk/drafts/{draft.pk}/").go(f"/policy-desk/drafts/{draft.pk}/examples/1/")

    assert "Comes out as expected." in them.text
    them.leave()


def test_an_example_is_computed_while_one_types(browser: Any, site: str) -> None:
    draft = drafted()
    them = visitor(browser, site, Role.POLICY_EDITOR, viewport=DESK)
    them.go(f"/policy-desk/drafts/{draft.pk}/examples/1/")

    them.fill(expect_days_used="2")
    them.page.get_by_text("Does not come out as expected.").wait_for()
    them.fill(expect_days_used="1")
    them.page.get_by_text("Comes out as expected.").wait_for()

    assert Rule.objects.get(pk=draft.pk).worked_examples == [EXAMPLE]
    them.press("I have checked it by hand")
    [example] = Rule.objects.get(pk=draft.pk).worked_examples
    assert example["expect"]["max_stay"] == 90
    them.leave()


def test_without_script_the_same_is_done_with_buttons(browser: Any, site: str) -> None:
    draft = drafted()
    them = visitor(browser, site, Role.POLICY_EDITOR, java_script_enabled=False)
    them.go(f"/policy-desk/drafts/{draft.pk}/examples/1/")

    them.fill(expect_days_used="2").press("Run")
    assert "Does not come out as expected." in them.text
    them.fill(expect_days_used="1").press("Save in the draft")

    assert them.path == f"/policy-desk/drafts/{draft.pk}/#examples"
    them.leave()


def test_a_reviewer_approves_with_a_double_tap_and_it_is_published_once(browser: Any, site: str) -> None:
    draft = drafted()
    them = visitor(browser, site, Role.POLICY_REVIEWER, viewport=PHONE)
    them.go(f"/policy-desk/drafts/{draft.pk}/")

    them.press("Approve and publish", times=2)

    draft.refresh_from_db()
    assert (draft.is_published, draft.review_status) == (True, "reviewed")
    assert "Approved and published." in them.text
    them.leave()
