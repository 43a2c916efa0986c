"""Every page for every role, on a phone and at a desk, in English and in Russian.

None keeps anybody out, complains, scrolls sideways, is heavy or leaves a sentence untranslated. `bin/test` walks a sample of them,
`bin/test --all` all of them.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import LazySettings
from pytest_django.live_server_helper import LiveServer

from casework.accounts.roles import DEFINITIONS, Role
from tests.browser import browser
from tests.factories.accounts import make_user
from tests.web.hostile.office import Office, open_office
from tests.weights import Weight, table

from .walking import Page, walk

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("en", "ru", "ky")
# Written by people of the office and by those who published rules, in whichever language they write.
SAID = (
    *("Chief of All", "Invented decree", "invented decree", "Not longer than the days named", "Ninety days", "Made up"),
    *(
        "An invented consulate",
        "A bed for tonight",
        "Nobody called back",
        "Invented points",
        "Have they savings?",
        "consecutive days",
    ),
    *("Africa/", "America/", "Europe/"),
    # Words of tables that are read by machines, and of Django's where it has no Kyrgyz.
    *("in_force, adopted", "visa, permit", "yes, no", "Toggle theme", "Show counts", "Model name", "Add link"),
    *("Change or view list link", "Who works?"),
)


@pytest.fixture
def office(settings: LazySettings) -> Office:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True
    return open_office()


def somebody(office: Office, role: Role, language: str) -> Any:
    return make_user(role, team=office.team if DEFINITIONS[role].of_a_team else None, language=language)


def weights(pages: list[Page], names: Mapping[str, str], *, title: str, most: int | None = None) -> str:
    return table([Weight(name=names[page.path], weight=page.weight) for page in pages], title=title, most=most)


def told(pages: list[Page]) -> str:
    return "\n".join(f"{page.path}\n    " + "\n    ".join(page.troubles) for page in pages if page.troubles)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", Role)
def test_every_page_of_a_role(
    browser: Any,
    live_server: LiveServer,
    office: Office,
    role: Role,
    language: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    user = somebody(office, role, language)

    pages = list(walk(browser, live_server.url, user, office.paths.values(), language=language, said=SAID))

    names = {path: route for route, path in office.paths.items()}
    said = weights(pages, names, title=f"Pages of {role} in {language}")
    print(f"\n{said}")
    (tmp_path_factory.getbasetemp() / f"weights-{role}-{language}.txt").write_text(said, "utf-8")
    assert pages
    assert not told(pages), told(pages)


@pytest.mark.parametrize(("language", "first"), [("ru", 0), ("ky", 10), ("ar", 20)])
def test_a_sample_of_all_pages(
    browser: Any, live_server: LiveServer, office: Office, language: str, first: int
) -> None:
    """Of every thirtieth address, for whoever holds every role. Nothing is in Arabic yet, but from right to left already."""
    office.chief.language = language
    office.chief.save()
    paths = [*office.paths.values()][first::30]

    pages = list(walk(browser, live_server.url, office.chief, paths, language=language, said=SAID))

    print(weights(pages, {path: route for route, path in office.paths.items()}, title=f"A sample in {language}"))
    assert len(pages) > 5
    assert not told(pages), told(pages)
