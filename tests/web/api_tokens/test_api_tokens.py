"""Tokens of programs on pages: made once, shown once, revoked by their owner or an administrator."""

import html
import re
import shlex
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import ApiToken, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.lib.ids import new_id
from tests.api.programs import Program, make_token
from tests.counting import counted_queries
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_the_demo(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def browser_of(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def typed(**other: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "name": "Invented intake", "scopes": ["read:cases"], "lasts": "90"} | other


def test_it_is_shown_once_opens_the_interface_and_only_its_hash_is_kept() -> None:
    user = make_user()
    browser, sent = browser_of(user), typed()
    page = browser.post("/api-tokens/new/", sent).content.decode()

    [text] = re.findall(r'value="(cw_[\w-]{43})"', page)
    made = ApiToken.objects.get()
    assert made.expires_at - made.made_at == timedelta(days=90)
    assert Browser().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {text}").status_code == 200
    assert text not in browser.get("/api-tokens/").content.decode()
    assert Event.objects.filter(type="accounts.api_token_made").get().data == {"scopes": ["read:cases"], "days": 90}

    again = browser.post("/api-tokens/new/", sent, follow=True).content.decode()
    assert "was made already" in again
    assert not re.search(r"cw_[\w-]{43}", again)
    assert ApiToken.objects.count() == 1


def test_nobody_gives_a_program_more_than_they_may() -> None:
    page = browser_of(make_user(Role.REPORT_READER)).get("/api-tokens/new/").content.decode()

    assert "read:capacity" in page
    assert "read:cases" not in page
    browser_of(make_user(Role.REPORT_READER)).post("/api-tokens/new/", typed())
    assert not ApiToken.objects.exists()


def test_what_is_missing_is_said_and_what_was_typed_is_kept() -> None:
    page = browser_of(make_user()).post("/api-tokens/new/", typed(scopes=[])).content.decode()

    assert "Invented intake" in page
    assert "This field is required" in page
    assert not ApiToken.objects.exists()


def test_whoever_shows_no_fresh_proof_is_asked_first() -> None:
    browser = browser_of(make_user())
    session = browser.session
    session["account_authentication_methods"] = []
    session.save()

    assert "/account/reauthenticate/" in browser.post("/api-tokens/new/", typed())["Location"]
    assert not ApiToken.objects.exists()


def test_its_owner_revokes_it_and_a_colleague_does_not() -> None:
    user = make_user()
    program = Program(user)
    path = f"/api-tokens/{program.token.pk}/revoke/"

    assert browser_of(make_user()).post(path).status_code == 404
    assert program.get("me").status_code == 200
    assert browser_of(user).post(path).status_code == 302
    assert program.get("me").status_code == 401
    assert "revoked" in browser_of(user).get("/api-tokens/").content.decode()


def test_administrators_see_and_revoke_those_of_everybody() -> None:
    administrator, owner = make_user(Role.ADMINISTRATOR), make_user(name="Test Owner")
    program = Program(owner, name="Invented dashboard")
    page = browser_of(administrator).get("/api-tokens/everybody/").content.decode()

    assert "Invented dashboard" in page
    assert "Test Owner" in page
    assert browser_of(administrator).post(f"/api-tokens/{program.token.pk}/revoke/").status_code == 302
    assert program.get("me").status_code == 401
    assert browser_of(make_user()).get("/api-tokens/everybody/").status_code == 403


def test_the_list_says_which_ends_soon_and_shows_those_of_nobody_else() -> None:
    user = make_user()
    make_token(user, name="Ends next week", lasts=timedelta(days=7))
    make_token(user, name="Ended", now=timezone.now() - timedelta(days=9), lasts=timedelta(days=8))
    make_token(make_user(), name="Of somebody else")
    page = browser_of(user).get("/api-tokens/").content.decode()

    assert page.count("ends soon") == 1
    assert "Ended" in page
    assert "Of somebody else" not in page


@pytest.mark.parametrize("tokens", [1, 12])
def test_it_costs_the_same_at_every_size(tokens: int) -> None:
    administrator = make_user(Role.ADMINISTRATOR)
    for _number in range(tokens):
        make_token(make_user())
        make_token(administrator)
    browser, costs = browser_of(administrator), []
    for path in ("/api-tokens/", "/api-tokens/everybody/"):
        with counted_queries() as asked:
            browser.get(path)
        costs.append(len(asked))

    assert max(costs) <= 12


def test_the_page_that_describes_the_interface_loads_nothing_from_elsewhere() -> None:
    browser = browser_of(make_user())
    page = browser.get("/api/docs/").content.decode()

    assert "/api/v1/cases/{code}" in page
    assert not re.search(r'(src|href)="https?://', page)
    described = browser.get("/api/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert described == Program(make_user()).get("openapi.json").json()


def tried(page: str, token: str) -> dict[str, int]:
    """Type each line of the page in a terminal, with this token in the place that is left for one: the answers by path."""
    answers = {}
    for line in re.findall(r"<pre[^>]*><code>(.*?)</code>", page):
        program, flag, header, address = shlex.split(html.unescape(line).replace("cw_…", token))
        assert (program, flag, header) == ("curl", "-H", f"Authorization: Bearer {token}")
        path = address.removeprefix("http://testserver")
        answers[path.split("?")[0].removeprefix("/api/v1/")] = (
            Browser().get(path, HTTP_AUTHORIZATION=header.split(": ")[1]).status_code
        )
    return answers


def test_the_lines_to_try_are_shown_whole_with_the_token_and_all_are_answered() -> None:
    page = browser_of(make_user()).post("/api-tokens/new/", typed()).content.decode()
    [text] = re.findall(r'value="(cw_[\w-]{43})"', page)

    assert "cw_…" not in page
    assert tried(page, text) == {"me": 200, "cases": 200}


def test_there_is_a_line_for_everything_that_the_token_may_read() -> None:
    reads = ["read:cases", "read:deadlines", "read:placements", "read:referrals", "read:capacity"]
    page = browser_of(make_user(Role.COORDINATOR)).post("/api-tokens/new/", typed(scopes=reads)).content.decode()
    [text] = re.findall(r'value="(cw_[\w-]{43})"', page)

    paths = ("me", "cases", "deadlines", "placements", "referrals/in", "capacity")
    assert tried(page, text) == dict.fromkeys(paths, 200)


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        (Role.COORDINATOR, {"me", "cases"}),
        (Role.REPORT_READER, {"me", "capacity"}),
    ],
)
def test_whoever_has_no_token_reads_how_to_make_one_and_what_to_ask(role: Role, asked: set[str]) -> None:
    user = make_user(role)
    page = browser_of(user).get("/api-tokens/").content.decode()

    assert "You have no token" in page
    assert page.index("You have no token") < page.index("The first call")
    _made, text = make_token(user)
    assert tried(page, text) == dict.fromkeys(asked, 200)


def test_whoever_may_give_a_program_nothing_is_shown_no_call() -> None:
    page = browser_of(make_user(Role.POLICY_EDITOR)).get("/api-tokens/").content.decode()

    assert "<pre" not in page
    assert "/api-tokens/new/" not in page
    assert "your roles open none of these" in page


def test_what_the_lines_ask_for_is_said_in_russian_too() -> None:
    page = browser_of(make_user(language="ru")).get("/api-tokens/").content.decode()

    assert re.findall("<dt>(.*?)</dt>", page) == ["Что можно с этим ключом", "Читать дела и сведения о людях в них"]
