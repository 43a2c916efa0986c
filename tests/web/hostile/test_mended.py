"""What once broke a page, one by one."""

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client as Browser
from django.test import RequestFactory

from casework.accounts.roles import Role
from casework.clients.models import Consent
from tests.factories.accounts import PASSWORD, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_rule
from tests.factories.rules import EXAMPLE, make_draft
from tests.factories.safety import make_consent
from tests.pages import form_in
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def sent(browser: Browser, url: str, having: str, **changes: Any) -> Any:
    return browser.post(url, form_in(browser.get(url).content.decode(), having) | changes)


def test_a_consent_that_would_end_before_it_began_is_refused_beside_the_day() -> None:
    worker = make_user()
    consent = make_consent(make_client(team=team_of(worker)), given_on=date(2026, 11, 20))
    until = {"valid_until_day": "5", "valid_until_month": "11", "valid_until_year": "2026", "remark": "Придумано"}

    answer = sent(signed_in(worker), f"/consents/{consent.pk}/change/", "given_on_day", **until)

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"valid_until"}
    assert form_in(answer.content.decode(), "remark")["remark"] == ["Придумано"]
    assert Consent.objects.get().valid_until is None


def test_deep_json_in_a_hidden_field_is_as_good_as_none() -> None:
    worker = make_user()
    document = make_document(make_client(team=team_of(worker)), by=worker)

    answer = sent(signed_in(worker), f"/documents/{document.pk}/change/", "number", machine_filled="[" * 20_000)

    assert answer.status_code == 302


@pytest.mark.parametrize("text", ["9" * 5_000, '{"a": NaN}', '{"a": "\\ud800"}', '{"a": "\\u0000"}'])
def test_an_example_that_nobody_can_store_is_refused_and_kept(text: str) -> None:
    editor = make_user(Role.POLICY_EDITOR)
    draft = make_draft(by=editor, worked_examples=[EXAMPLE])

    answer = signed_in(editor).post(f"/policy-desk/drafts/{draft.pk}/examples/0/?json", {"name": "KZ-90", "text": text})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["nothing=1", "id=x", "day__year=9223372036854775808", "password__startswith=a", "_facets=x&o=9.9"]
)
@pytest.mark.parametrize("page", ["", "export/"])
def test_a_list_of_the_reference_data_filtered_by_what_cannot_be_is_shown_whole(page: str, query: str) -> None:
    make_rule()
    browser = signed_in(make_user(Role.POLICY_EDITOR))

    answer = browser.get(f"/admin/residency/calendarday/{page}?{query}", follow=True)

    assert answer.status_code in (200, 400)


def test_a_search_that_is_posted_to_a_list_locks_nothing() -> None:
    make_rule()

    assert signed_in(make_user(Role.POLICY_EDITOR)).post("/admin/residency/rule/?q=3", {}).status_code == 200


def test_nothing_at_all_is_sent_to_split_a_case() -> None:
    worker = make_user()
    code = make_client(team=team_of(worker)).case.code

    assert signed_in(worker).post(f"/cases/{code}/split/").status_code == 200


def test_an_upload_that_says_it_is_endless_is_not_read() -> None:
    browser = signed_in(make_user())
    body = RequestFactory()._encode_data({"x": "y"}, "multipart/form-data; boundary=BoUnDaRyStRiNg")

    answer = browser.generic(
        "POST", "/cases/new/", body, "multipart/form-data; boundary=BoUnDaRyStRiNg", CONTENT_LENGTH="9" * 30
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "onward", ["//[::1", "http://]", "https://testserver:x@[", "//evil.example", "http://localhost/"]
)
def test_an_address_that_nobody_can_read_is_no_way_on_from_the_door(onward: str) -> None:
    user = make_user()
    typed = {"login": user.email, "password": PASSWORD, "next": onward}

    answer = Browser().post("/account/login/", typed)

    assert (answer.status_code, answer["Location"]) == (302, "/")
