"""The pages speak Russian to whom they are set to, the admin's too, under the strict policy for scripts and styles."""

import re

import pytest
from django.utils import timezone

from casework.accounts.roles import Role
from casework.lib.dates import today_in
from tests.browser import DESK, Visitor
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def in_russian(visitor: Visitor) -> bool:
    """Whether the page says so, and its heading and the words in the title are Cyrillic."""
    page = visitor.page
    headings = page.locator("h1").first.inner_text()
    return page.get_attribute("html", "lang") == "ru" and bool(re.search("[а-яё]", headings, re.IGNORECASE))


def signed_in_russian(visitor: Visitor, email: str) -> Visitor:
    return visitor.go("/account/login/").fill(login=email, password=PASSWORD).press("Войти")


def test_a_caseworker_reads_their_day_and_a_case(visit: Visit) -> None:
    team = almaty()
    worker, today = worker_of(team, language="ru"), today_in("Asia/Almaty", timezone.now())
    client = make_client(case=make_case(team=team, caseworker=worker, by=worker), by=worker)
    make_rule(parameters={"days": 90})
    make_stay(client, days_ago(86, today), by=worker)
    visitor = signed_in_russian(visit(locale="ru-RU"), worker.email)

    assert (visitor.path, in_russian(visitor)) == ("/my-day/", True)
    assert "Мой день" in visitor.text
    visitor.go(f"/cases/{client.case.code}/")
    assert in_russian(visitor)
    assert visitor.page.locator("#deadlines .deadline-row").count() == 1
    visitor.go(str(visitor.page.locator("#deadlines .deadline-row a.btn-link").first.get_attribute("href")))
    assert in_russian(visitor)


def test_a_policy_editor_reads_the_rules_and_opens_one(visit: Visit) -> None:
    editor = make_user(Role.POLICY_EDITOR, language="ru")
    rule = make_rule()
    visitor = signed_in_russian(visit(viewport=DESK, locale="ru-RU"), editor.email)

    visitor.go("/admin/residency/rule/")
    assert in_russian(visitor)
    assert visitor.page.locator("#result_list tbody tr").count() == 1
    visitor.go(f"/admin/residency/rule/{rule.pk}/change/")
    assert in_russian(visitor)
