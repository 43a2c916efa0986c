"""What slows down trawling: cases within an hour and a day, searches within a minute; and what it costs."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.audit.record import record
from casework.clients import quotas
from casework.clients.models import Case, CaseSight, SightNotice, ToDo
from casework.clients.quotas import next_search_at
from casework.lib.ids import new_id
from casework.reminders.models import Reminder
from casework.web.access.limits import TooManyCases
from casework.web.cases.loading import visible_case
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client, make_note
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user(name="Demo Worker")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small numbers, so that a test opens few cases."""
    monkeypatch.setattr(quotas, "CASES_TOLD_OF", 3)
    monkeypatch.setattr(quotas, "CASES_A_DAY", 4)
    monkeypatch.setattr(quotas, "MORE_AT_A_TIME", 2)
    monkeypatch.setattr(quotas, "SEARCHES_A_MINUTE", 3)


def opened(user: User, codes: list[str], now: datetime = NOW) -> list[bool]:
    """Return of each whether it was shown."""
    return [look(user, code, now) for code in codes]


def look(user: User, code: str, now: datetime) -> bool:
    """Load the case as its page does, and keep that in the audit."""
    try:
        case = visible_case(user, code, now)
    except TooManyCases:
        return False
    record("clients.case_seen", subject=case, case_id=case.pk, by=user, now=now)
    return True


def codes(number: int, user: User) -> list[str]:
    return [make_case(team=team_of(user)).code for _number in range(number)]


def test_sixty_an_hour_and_two_hundred_a_day() -> None:
    assert (quotas.CASES_TOLD_OF, quotas.CASES_A_DAY, quotas.MORE_AT_A_TIME) == (60, 200, 50)


def test_the_same_case_counts_once_and_stays_open(worker: User, few: None) -> None:
    cases = codes(5, worker)

    assert opened(worker, [*cases[:4], cases[0], cases[0]]) == [True] * 6
    assert opened(worker, [cases[4], cases[3]]) == [False, True]
    assert CaseSight.objects.count() == 4


def test_a_day_later_it_goes_on_by_itself(worker: User, few: None) -> None:
    cases = codes(5, worker)
    opened(worker, cases)

    assert quotas.next_case_at(worker, NOW) == NOW + timedelta(hours=24)
    assert opened(worker, [cases[4]], NOW + timedelta(hours=23, minutes=59)) == [False]
    assert opened(worker, [cases[4]], NOW + timedelta(hours=24)) == [True]


def test_what_somebody_else_opens_does_not_count(worker: User, few: None) -> None:
    cases = codes(4, worker)
    opened(make_user(team=team_of(worker)), cases)

    assert opened(worker, cases) == [True] * 4


def test_a_person_counts_as_their_case(worker: User) -> None:
    client = make_client(team=team_of(worker))
    browser = signed_in(worker)

    browser.get(reverse("client", args=[client.reference]))
    browser.get(reverse("case", args=[client.case.code]))

    assert CaseSight.objects.get().case == client.case


def test_a_page_about_one_row_is_held_back_like_the_case_and_leaves_no_trace_of_it(worker: User, few: None) -> None:
    opened(worker, codes(4, worker), timezone.now())
    note = make_note(case=make_case(team=team_of(worker)), by=worker)
    browser = signed_in(worker)

    held = browser.get(reverse("note", args=[note.pk]))
    asked_anew = browser.get(reverse("case", args=[note.case.code]))

    assert (held.status_code, asked_anew.status_code) == (429, 429)
    assert not CaseSight.objects.filter(case=note.case).exists()
    assert not Event.objects.filter(type="clients.note_seen").exists()
    assert Event.objects.filter(type="clients.case_withheld", case_id=note.case_id).count() == 2


def test_a_page_about_one_row_of_a_case_that_was_opened_stays_open(worker: User, few: None) -> None:
    note = make_note(case=make_case(team=team_of(worker)), by=worker)
    opened(worker, [note.case.code, *codes(3, worker)], timezone.now())

    assert signed_in(worker).get(reverse("note", args=[note.pk])).status_code == 200


@pytest.mark.parametrize("number", [1, 40])
def test_counting_costs_no_query_of_its_own_whatever_the_day_was_like(number: int, worker: User) -> None:
    cases = codes(number, worker)
    opened(worker, cases)

    with counted_queries() as asked:
        visible_case(worker, cases[0], NOW)

    assert len(asked) == 1


def test_acts_of_the_software_and_of_nobody_on_record_count_nothing(worker: User) -> None:
    case = make_case(team=team_of(worker))
    gone = Case(pk=new_id())

    record("clients.case_seen", subject=case, case_id=case.pk, by=None, now=NOW)
    record("clients.case_seen", subject=gone, case_id=gone.pk, by=worker, now=NOW)
    record("clients.case_closed", subject=case, case_id=case.pk, by=worker, now=NOW)

    assert not CaseSight.objects.exists()


def see(browser: Browser, code: str) -> Any:
    return browser.get(reverse("case_log", args=[code]))


def test_those_who_watch_are_told_once_an_hour(worker: User, few: None) -> None:
    auditor, coordinator = make_user(Role.AUDITOR), make_user(Role.COORDINATOR, team=team_of(worker))
    make_user(Role.COORDINATOR)
    browser = signed_in(worker)

    for code in codes(4, worker):
        assert see(browser, code).status_code == 200

    notice = SightNotice.objects.get()
    assert (notice.kind, notice.count, notice.user) == (SightNotice.Kind.MANY, 3, worker)
    assert ToDo.objects.get().owner == coordinator
    assert set(Reminder.objects.values_list("recipient", flat=True)) == {auditor.pk, coordinator.pk}
    assert "Demo Worker" in signed_in(coordinator).get(reverse("to_dos")).content.decode()
    assert "Demo Worker" in signed_in(auditor).get(reverse("watched")).content.decode()


def test_whoever_opens_many_cases_is_not_the_one_who_is_told(few: None) -> None:
    coordinator, auditor = make_user(Role.COORDINATOR), make_user(Role.AUDITOR)
    cases = codes(4, coordinator)
    make_membership(coordinator, Role.AUDITOR)
    make_membership(make_user(None), Role.AUDITOR, ends_at=NOW)  # was one

    for code in cases:
        see(signed_in(coordinator), code)

    assert [it.recipient for it in Reminder.objects.all()] == [auditor]
    assert not ToDo.objects.exists()


def test_what_others_do_brings_nobody_nearer_to_a_limit(worker: User, few: None) -> None:
    other = make_user(team=team_of(worker))
    opened(other, codes(2, worker), NOW - timedelta(hours=2))
    opened(worker, codes(2, worker), NOW)
    for _each in range(3):
        record("clients.searched", by=other, now=NOW)
        record("clients.emergency_refused", by=other, now=NOW)

    assert quotas.next_case_at(worker, NOW) == NOW + timedelta(hours=24)
    assert [next_search_at(user, NOW) is None for user in (worker, other)] == [True, False]
    assert [quotas.next_emergency_at(user, NOW) is None for user in (worker, other)] == [True, False]
    assert [quotas.emergencies_left(user, NOW) for user in (worker, other)] == [3, 0]


def test_beyond_the_limit_a_reason_opens_more(worker: User, few: None) -> None:
    make_user(Role.COORDINATOR, team=team_of(worker), name="Demo Coordinator")
    browser, cases = signed_in(worker), codes(7, worker)
    see(signed_in(make_user(team=team_of(worker))), cases[0])
    for code in cases[:4]:
        see(browser, code)

    held = see(browser, cases[4])
    page = held.content.decode()
    short = browser.post(reverse("more_cases"), {"reason": "кратко", "next": reverse("case_log", args=[cases[4]])})
    reason = {"reason": "Сверяем все дела перед проверкой", "next": reverse("case_log", args=[cases[4]])}
    sent = browser.post(reverse("more_cases"), reason)

    assert held.status_code == 429
    assert "Demo Coordinator" in page
    assert "You have opened 4 different cases" in page
    assert "кратко" in short.content.decode()
    assert sent["Location"] == reverse("case_log", args=[cases[4]])
    assert SightNotice.objects.get(kind=SightNotice.Kind.MORE).count == 4
    assert [see(browser, code).status_code for code in cases[4:]] == [200, 200, 429]
    assert Event.objects.filter(type="clients.case_withheld").count() == 2


def test_the_way_back_leads_nowhere_else(worker: User) -> None:
    reason = "Сверяем все дела перед проверкой"

    for place in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        sent = signed_in(worker).post(reverse("more_cases"), {"reason": reason, "next": place})
        assert sent["Location"] == reverse("cases")


def test_what_may_not_be_seen_answers_as_ever_and_counts_nothing(worker: User, few: None) -> None:
    browser = signed_in(worker)
    for code in codes(4, worker):
        see(browser, code)

    assert see(browser, make_case().code).status_code == 404
    assert see(browser, "C-XXX-XXX").status_code == 404
    assert CaseSight.objects.count() == 4


def test_the_fourth_search_of_a_minute_waits_and_keeps_what_was_typed(worker: User, few: None) -> None:
    browser = signed_in(worker)
    for _each in range(3):
        browser.post(reverse("search"), {"q": "Образцова"})

    page = browser.post(reverse("search"), {"q": "Придуманный"}).content.decode()
    look = browser.post(
        reverse("look_alikes"), {"family_name": "Образцова", "given_name": "Вымышлена", "fragment": "1"}
    )

    assert "You have searched" in page
    assert "Придуманный" in page
    assert "You have searched" in look.content.decode()
    at = next_search_at(worker, timezone.now())
    assert at is not None
    assert next_search_at(worker, at) is None


def test_looks_at_look_alikes_count_as_searches(worker: User, few: None) -> None:
    browser = signed_in(worker)
    typed = {"family_name": "Образцова", "given_name": "Вымышлена", "fragment": "1"}
    for _each in range(3):
        browser.post(reverse("look_alikes"), typed)

    assert "You have searched" in browser.post(reverse("search"), {"q": "Образцова"}).content.decode()


def test_two_letters_are_too_few(worker: User) -> None:
    page = signed_in(worker).post(reverse("search"), {"q": "Об"})

    assert "Enter three letters or more." in page.content.decode()


def test_only_who_watches_over_them_takes_note(worker: User) -> None:
    team = make_team()
    notice = SightNotice(data_key=worker.data_key, user=worker, kind=SightNotice.Kind.MANY, at=timezone.now(), count=60)
    notice.save(force_insert=True)
    url = reverse("note_sight_notice", args=[notice.pk])

    watching = make_user(Role.COORDINATOR, team=team_of(worker))
    make_membership(worker, Role.CASEWORKER, team=team, ends_at=NOW)  # has left it

    for stranger in (worker, make_user(team=team), make_user(Role.COORDINATOR, team=team)):
        assert signed_in(stranger).post(url).status_code == 404
    assert signed_in(watching).post(url).status_code == 302
    notice.refresh_from_db()
    assert notice.seen_at is not None


def test_nobody_takes_note_of_what_they_did_themselves() -> None:
    auditor = make_user(Role.AUDITOR)
    notice = SightNotice(
        data_key=auditor.data_key, user=auditor, kind=SightNotice.Kind.MANY, at=timezone.now(), count=60
    )
    notice.save(force_insert=True)

    assert signed_in(auditor).post(reverse("note_sight_notice", args=[notice.pk])).status_code == 404
