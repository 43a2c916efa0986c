"""Pages on which it is written down where an original is."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.documents import actions
from casework.documents.models import Custody, Document
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def document(worker: User) -> Document:
    return make_document(make_client(team=team_of(worker), by=worker), by=worker)


@pytest.fixture
def browser(worker: User) -> Browser:
    return signed_in(worker)


def kept(document: Document, by: User, **values: Any) -> Custody:
    known: dict[str, Any] = {"holder": "safe", "since": date(2026, 1, 5), "place": "Shelf 2"}
    today = timezone.now().date()
    return actions.hand_over_original(document=document, by=by, now=NOW, today=today, **(known | values))


def typed(**changes: str) -> dict[str, str]:
    known = {"holder": "authority", "place": "Window 4", "receipt": "A-17"}
    return known | {"since_day": "5", "since_month": "1", "since_year": "2026"} | changes


def test_an_original_is_handed_over_corrected_and_given_back(browser: Browser, document: Document) -> None:
    page = browser.post(reverse("hand_over_original", args=[document.pk]), typed(), follow=True)
    assert "Window 4" in page.content.decode()
    custody = Custody.objects.get()

    changed = typed(place="Window 5", version="1")
    browser.post(reverse("change_custody", args=[custody.pk]), changed)
    returned = {"version": "2", "returned_on_day": "9", "returned_on_month": "1", "returned_on_year": "2026"}
    page = browser.post(reverse("record_return", args=[custody.pk]), returned, follow=True)

    custody.refresh_from_db()
    assert (custody.place, custody.returned_on) == ("Window 5", date(2026, 1, 9))
    assert "The original came back." in page.content.decode()
    browser.post(reverse("reopen_custody", args=[custody.pk]))
    assert Custody.objects.open().exists()


def test_the_receipt_says_what_is_needed_and_no_more(browser: Browser, document: Document, worker: User) -> None:
    page = browser.get(reverse("custody_receipt", args=[kept(document, worker, receipt="A-17").pk])).content.decode()

    assert document.client.full_name in page
    assert "75 0000001" in page
    assert "A-17" in page
    assert "Shelf 2" not in page


@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "with an authority"), ("ru", "в ведомстве"), ("kk", "мемлекеттік органда"), ("uk", "в органі влади")],
)
def test_the_receipt_speaks_the_language_of_the_owner_or_the_one_asked_for(
    browser: Browser, document: Document, worker: User, language: str, says: str
) -> None:
    page = reverse("custody_receipt", args=[kept(document, worker, holder="authority").pk])
    assert says in browser.get(page, {"language": language}).content.decode()

    type(document.client).objects.filter(pk=document.client_id).update(language=language)
    assert says in browser.get(page, {"language": "tlh"}).content.decode()


def test_a_refusal_stands_beside_the_field_and_keeps_what_was_typed(browser: Browser, document: Document) -> None:
    url = reverse("hand_over_original", args=[document.pk])
    page = browser.post(url, typed(since_year="2090")).content.decode()

    assert "This day has not come yet." in page
    assert 'value="Window 4"' in page
    assert not Custody.objects.exists()


def test_somebody_else_corrected_it_meanwhile(browser: Browser, document: Document, worker: User) -> None:
    custody = kept(document, worker)
    actions.change_custody(custody=custody, version=1, place="Shelf 9", by=worker, now=NOW, today=NOW.date())
    answer = browser.post(reverse("change_custody", args=[custody.pk]), typed(version="1"))

    assert answer.status_code == 409
    assert "Shelf 9" in answer.content.decode()
    assert "Window 4" in answer.content.decode()


def test_a_mistake_is_removed_after_asking(browser: Browser, document: Document, worker: User) -> None:
    url = reverse("remove_custody", args=[kept(document, worker).pk])

    assert browser.get(url).status_code == 200
    assert Custody.objects.exists()
    browser.post(url)
    assert not Custody.objects.exists()
    assert browser.post(url).status_code == 404


def test_the_list_shows_what_is_away_late_ones_first(browser: Browser, document: Document, worker: User) -> None:
    kept(document, worker)
    second = make_document(document.client, by=worker, number="75 0000002")
    kept(second, worker, holder="authority", expected_back_on=date(2026, 1, 7), place="Window 1")

    page = browser.get(reverse("originals")).content.decode()
    assert page.index("Window 1") < page.index("Shelf 2")
    assert "late" in page
    only_safe = browser.get(reverse("originals"), {"holder": "safe"}).content.decode()
    assert "Shelf 2" in only_safe
    assert "Window 1" not in only_safe


def test_nothing_away_is_said_in_words(browser: Browser) -> None:
    assert "Every original is with its owner" in browser.get(reverse("originals")).content.decode()


def test_the_case_says_where_the_original_is(browser: Browser, document: Document, worker: User) -> None:
    kept(document, worker)

    assert "in our safe since" in browser.get(reverse("case", args=[document.client.case.code])).content.decode()


@pytest.mark.parametrize("name", ["document_custody", "hand_over_original", "change_custody", "custody_receipt"])
def test_another_team_and_those_not_named_learn_nothing(document: Document, worker: User, name: str) -> None:
    custody = kept(document, worker)
    url = reverse(name, args=[custody.pk if "custody" in name and name != "document_custody" else document.pk])
    colleague, named = make_user(team=team_of(worker)), make_user(team=team_of(worker))

    assert signed_in(make_user()).get(url).status_code == 404
    assert signed_in(colleague).get(url).status_code == 200
    clients.restrict_case(case=document.client.case, people=[worker, named], version=1, by=worker, now=NOW)
    assert signed_in(colleague).get(url).status_code == 404
    assert "Shelf 2" not in signed_in(colleague).get(reverse("originals")).content.decode()
    assert signed_in(named).get(url).status_code == 200


def test_whoever_may_only_look_at_a_case_is_offered_no_change(document: Document, browser: Browser) -> None:
    guest, case, now = make_user(), document.client.case, timezone.now()
    by, until = make_user(Role.COORDINATOR, team=case.team), now + timedelta(days=1)
    clients.give_access(user=guest, case=case, starts_at=now, ends_at=until, reason="Looks", by=by, now=now)
    url = reverse("document_custody", args=[document.pk])

    assert [each.get(url).context["may_change"] for each in (browser, signed_in(guest))] == [True, False]


def test_pages_cost_twelve_queries_at_most(browser: Browser, document: Document, worker: User) -> None:
    kept(document, worker)
    for number in range(5):
        kept(make_document(document.client, by=worker, number=f"76 000000{number}"), worker)
    for url in (reverse("document_custody", args=[document.pk]), reverse("originals")):
        browser.get(url)
        with counted_queries() as asked:
            browser.get(url)
        assert len(asked) <= 12, url
