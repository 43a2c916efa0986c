"""Every statement of the reference data is shown on a page to somebody to whom it speaks."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.documents.actions import record_document
from casework.lib.dates import Birth
from casework.residency import wording
from casework.residency.load import load
from casework.residency.models import Rule
from casework.residency.publishing import bounds, last_day
from casework.residency.reference import shipped_files
from casework.residency.rules.kinds import STATING_KINDS, Kind
from casework.residency.rules.reference import read_reference
from tests.factories.accounts import LONG_AGO, NOW, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_rule, make_stay

from .conftest import signed_in

pytestmark = pytest.mark.django_db


def text(answer: Any) -> str:
    page = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def page_of(browser: Browser, client: Any) -> str:
    return text(browser.get(reverse("client", args=[client.reference])))


@pytest.fixture
def person(worker: User) -> Any:
    client = make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)
    make_stay(client, date(2026, 11, 1), by=worker)
    return client


def test_what_is_recorded_is_grouped_by_duty_with_its_state_and_source(browser: Browser, person: Any) -> None:
    make_rule("work_right", {"allowed": True}, duty="work", citation="An invented labour law")
    make_rule("visa_required", {}, duty="enter", legal_status="announced")

    page = page_of(browser, person)

    assert "What else is recorded: Kazakhstan" in page
    assert re.search(r"Work Work is allowed", page)
    assert "An invented labour law" in page
    assert re.search(r"A visa is needed Announced, not law yet", page)


def test_the_most_specific_audience_wins(browser: Browser, person: Any) -> None:
    make_rule("work_right", {"allowed": False}, duty="work", nationality="*", part="all")
    make_rule("work_right", {"allowed": True}, duty="work", part="own")

    page = page_of(browser, person)

    assert ("Work is allowed" in page, "Work is not allowed" in page) == (True, False)


def test_without_anything_recorded_the_risk_is_unknown_and_not_low(browser: Browser, person: Any) -> None:
    page = page_of(browser, person)

    assert "Risk of return: unknown No risk recorded: this does not mean that there is none." in page
    assert "Nothing else is recorded for this country that speaks to them." in page


def test_the_case_page_shows_the_level_and_leads_on(browser: Browser, person: Any) -> None:
    make_rule(
        "return_risk", {"level": "elevated", "profiles": ["activist"], "signals": ["An invented case"]}, duty="risk"
    )

    answer = browser.get(reverse("case", args=[person.case.code]))

    assert "Risk of return: elevated" in text(answer)
    assert "It is no judgement about this person." in text(answer)
    assert f'href="{reverse("onward", args=[person.reference])}"' in answer.content.decode()


def test_the_page_of_rules_shows_the_level_with_its_shape(browser: Browser) -> None:
    rule = make_rule(
        "return_risk", {"level": "critical", "profiles": ["other"], "signals": ["An invented case"]}, duty="risk"
    )

    for address in (reverse("rules_of_country", args=["KZ"]), reverse("rule", args=["KZ", rule.pk])):
        page = browser.get(address).content.decode()
        assert page.count('class="risk-filled"') == 4
        assert "Risk of return: critical" in page


# All of the reference data


def somebody_for(rule: Rule, on: date) -> dict[str, Any]:
    """What an invented person in that country on that day is like to whom the rule speaks."""
    # Nationals of Cuba have no rules of their own, so what is for everybody is for them.
    nationality = {"*": "CU", "EAEU": "RU"}.get(rule.nationality, rule.nationality)
    return {
        "nationality": nationality,
        "age": rule.age_from or (rule.age_below - 1 if rule.age_below < 199 else 30),
        "document_kind": rule.document_kind or "international_passport",
        "country": "DE" if rule.jurisdiction.kind == "zone" else rule.jurisdiction_id,
        "purpose": rule.purpose,
        "legal_basis": rule.legal_basis or "visa_free",
        "on": on,
    }


def registered(like: dict[str, Any], worker: User) -> Any:
    on, nationality = like["on"], like["nationality"]
    client = make_client(
        case=make_case(team=team_of(worker), caseworker=worker, by=worker),
        by=worker,
        nationalities=[nationality],
        birth=Birth(date(on.year - like["age"], 1, 1)),
    )
    document = record_document(client=client, kind=like["document_kind"], country=nationality, by=worker, now=NOW)
    stay = {key: like[key] for key in ("country", "purpose", "legal_basis")}
    make_stay(client, on - timedelta(days=1), by=worker, document=document, **stay)
    return client


def page_about(client: Any, worker: User, on: date) -> str:
    if on < LONG_AGO.date():  # nobody had an account then: asked about as on that day
        return (
            signed_in(worker).get(reverse("onward", args=[client.reference]), {"on": on.isoformat()}).content.decode()
        )
    with time_machine.travel(datetime(on.year, on.month, on.day, 12, tzinfo=UTC), tick=False):
        return signed_in(worker).get(reverse("client", args=[client.reference])).content.decode()


def test_every_statement_of_the_reference_data_is_shown_to_somebody(worker: User) -> None:
    assert load(reference=read_reference(shipped_files()), now=NOW).added
    rows = Rule.objects.held_now().filter(kind__in=[str(kind) for kind in STATING_KINDS]).select_related("jurisdiction")
    pages: dict[tuple[Any, ...], str] = {}  # many statements speak to the same person
    hidden = []
    for rule in rows:
        first, last = bounds(rule.valid)[0], last_day(rule.valid)
        on = max(filter(None, (first, min(filter(None, (last, date(2026, 11, 20)))))))
        like = somebody_for(rule, on)
        key = tuple(like.values())
        if key not in pages:
            pages[key] = page_about(registered(like, worker), worker, on)
        address = reverse("rule", args=[rule.jurisdiction_id, rule.pk])
        if f'href="{address}"' not in pages[key] or not _says(pages[key], rule):
            hidden.append(rule.key)

    assert len(rows) > 90
    assert hidden == []


def _says(page: str, rule: Rule) -> bool:
    if rule.kind == Kind.RETURN_RISK:
        return f"Risk of return: {rule.parameters['level']}" in page
    return wording.what_it_says(rule)[:30].casefold() in page.replace("&#x27;", "'").casefold()
