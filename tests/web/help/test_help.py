"""The guides: one a role, in three languages, with links that open, and with the words that stand on the pages."""

import gzip
import re
from typing import Any

import polib
import pytest
from django.conf import LazySettings
from django.conf import settings as site_settings
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from casework.accounts.roles import DEFINITIONS, Role
from casework.web.help.for_everybody import FOR_EVERYBODY
from casework.web.help.guides import GUIDES
from casework.web.help.shape import ON_A_PAGE, Guide, pieces
from tests.counting import counted_queries
from tests.factories.accounts import make_user
from tests.guards.source import ROOT
from tests.journeys.test_tasks import ROW

LANGUAGES = [code for code, _name in site_settings.LANGUAGES]
BY_KEY = pytest.mark.parametrize("guide", GUIDES, ids=lambda it: it.key)


@pytest.fixture
def browser(settings: LazySettings) -> Any:
    settings.SECOND_FACTOR_REQUIRED = False

    def come_in(role: Role | None, language: str = "en") -> Browser:
        browser = Browser()
        browser.force_login(make_user(role, language=language))
        return browser

    return come_in


def url_of(guide: Guide) -> str:
    return f"/help/{guide.key}/"


def texts_of(guide: Guide) -> list[Any]:
    steps = [step.text for it in guide.how_to for step in it.steps]
    return [guide.now, *steps, *(it.advice for it in (*guide.troubles, *FOR_EVERYBODY))]


def test_every_role_has_a_guide_with_five_things_and_what_to_do_when_something_goes_wrong() -> None:
    assert sorted(role for guide in GUIDES for role in guide.roles) == sorted(Role)
    assert {len(guide.how_to) for guide in GUIDES} == {5}
    assert all(guide.troubles for guide in GUIDES)


@BY_KEY
def test_what_a_guide_says_stands_on_a_page_does_so_in_every_language(guide: Guide) -> None:
    written = polib.pofile(str(ROOT / "locale/ru/LC_MESSAGES/django.po"))
    known = {entry.msgid for entry in written if not entry.obsolete}
    on_pages = [label for text in texts_of(guide) for label in ON_A_PAGE.findall(str(text))]

    assert on_pages
    assert [label for label in on_pages if label not in known] == []
    for language in LANGUAGES:
        with translation.override(language):
            there = [label for text in texts_of(guide) for label in ON_A_PAGE.findall(str(text))]
        assert sorted(there) == sorted(on_pages), language


def test_words_on_a_page_are_shown_in_the_language_of_the_reader() -> None:
    with translation.override("ru"):
        found = list(pieces("Откройте {My day}."))

    assert [(it.text, it.is_on_a_page) for it in found] == [("Откройте ", False), ("Мой день", True), (".", False)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_links_of_ones_own_guide_open(browser: Any, role: Role) -> None:
    visitor = browser(role)
    guide = next(it for it in GUIDES if role in it.roles)
    page = visitor.get(url_of(guide)).content.decode()
    main = page[page.index("<main") : page.index("</main>")]

    links = set(re.findall(r'href="(/[^"#]*)"', main))

    assert len(links) >= 3
    refused = {link: visitor.get(link, follow=True).status_code for link in links}
    assert {link: status for link, status in refused.items() if status != 200} == {}


@pytest.mark.django_db
def test_whoever_does_not_hold_the_role_reads_a_guide_without_links(browser: Any) -> None:
    auditor = browser(Role.AUDITOR)

    response = auditor.get("/help/caseworker/")

    assert not response.context["is_own"]
    assert {step.url for it in response.context["how_to"] for step in it.steps} == {""}
    assert "its links are left out" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_the_help_page_begins_with_ones_own_guide(browser: Any, role: Role | None) -> None:
    context = browser(role).get(reverse("help")).context

    own = [url for _title, url in context["own"]]
    also = {Role.COORDINATOR: [Role.CASEWORKER]}.get(role, []) if role else []  # does all of that, too
    assert own == [url_of(guide) for guide in GUIDES if {role, *also} & set(guide.roles)]
    assert len(context["own"]) + len(context["others"]) == len(GUIDES)


@pytest.mark.django_db
def test_help_stands_at_the_foot_of_every_page_and_asks_for_no_role(browser: Any) -> None:
    page = browser(None).get("/help/words/").content.decode()

    assert f'href="{reverse("help")}">Help</a>' in page[page.index("<footer") :]


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_guides_are_small_and_cost_few_queries(browser: Any, language: str) -> None:
    visitor = browser(Role.COORDINATOR, language)
    for path in ("/help/", "/help/words/", *(url_of(guide) for guide in GUIDES)):
        with counted_queries() as asked:
            response = visitor.get(path)
        assert response.status_code == 200
        assert len(asked) <= 4, path
        assert len(gzip.compress(response.content)) < 20 * 1024


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/help/", "/help/words/", "/help/caseworker/"])
def test_help_is_read_only_and_for_those_who_are_signed_in(browser: Any, path: str) -> None:
    assert browser(Role.CASEWORKER).post(path).status_code == 405
    assert Browser().get(path)["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_there_is_no_guide_of_another_name(browser: Any) -> None:
    assert browser(Role.CASEWORKER).get("/help/nobody/").status_code == 404


def test_every_task_whose_steps_are_counted_stands_in_the_guide_that_the_table_names() -> None:
    titles = {(str(it.title), guide.key) for guide in GUIDES for it in guide.how_to}
    counted = {(task, key) for task, key, _steps in ROW.findall((ROOT / "docs/journeys.md").read_text("utf-8"))}

    assert len(counted) == 7
    assert counted <= titles


def test_roles_are_those_of_the_application() -> None:
    assert {role for guide in GUIDES for role in guide.roles} == set(DEFINITIONS)


@pytest.mark.django_db
def test_who_is_refused_reads_which_role_opens_a_page_and_where_help_is(browser: Any) -> None:
    refused = browser(Role.AUDITOR).get("/cases/")

    assert refused.status_code == 403
    page = refused.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert {'href="/roles/"', 'href="/help/"'} <= set(re.findall(r'href="[^"]*"', main))
