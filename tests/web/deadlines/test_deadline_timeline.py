"""The timeline of deadlines: a row a case by its next deadline, flags at their days, of one's own cases or of the team, and of nobody else."""

import re
import zlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Client
from casework.web.deadlines.team_timeline import CODES, OVERDUE, RIGHT, WIDTH, CaseLine, Due, Picture, picture_of
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide

from .conftest import signed_in
from .people import client_of, due_in

DAY = date(2026, 12, 2)  # a Wednesday
FIRST, LAST = date(2026, 11, 30), date(2027, 2, 28)


def line(*days: date, code: str = "C-1") -> CaseLine:
    return CaseLine(code=code, due=[Due(on=day, duty="leave", today=DAY) for day in days])


def flags(picture: Picture, row: int = 0) -> list[float]:
    return [float(x) for flag in picture.rows[row].flags for x in re.findall(r"^M([\d.]+) ", flag.path)]


def at(day: date) -> float:
    """Return where a day begins, worked out by itself."""
    return round(CODES + OVERDUE + (WIDTH - CODES - OVERDUE - RIGHT) * (day - FIRST).days / 91, 1)


def test_flags_stand_at_their_days_from_the_first_to_the_last_of_thirteen_weeks() -> None:
    picture = picture_of([line(DAY, LAST), line(date(2027, 1, 20), code="C-2")], DAY)

    assert flags(picture) == [at(DAY), at(LAST)]
    assert flags(picture, 1) == [at(date(2027, 1, 20))]
    assert [row.code.words for row in picture.rows] == ["C-1", "C-2"]
    assert picture.today.x == at(DAY)
    assert len(picture.weeks) == 13
    assert picture.weeks[0] == at(FIRST)


def test_the_flag_of_the_last_day_flies_back_into_the_drawing() -> None:
    picture = picture_of([line(DAY, LAST)], DAY)

    assert "l8 4" in picture.rows[0].flags[0].path
    assert "l-8 4" in picture.rows[0].flags[1].path


def test_what_is_overdue_is_counted_in_a_box_before_the_weeks() -> None:
    late, other = picture_of([line(date(2026, 11, 9), date(2026, 12, 1), date(2027, 1, 5)), line(DAY)], DAY).rows

    assert late.late is not None
    assert late.late.words == "2"
    assert late.late.x < at(FIRST)
    assert len(late.flags) == 1
    assert (other.late, other.late_box) == (None, "")


def test_it_goes_by_the_day_where_the_person_is() -> None:
    due = [Due(on=DAY - timedelta(days=1), duty="leave", today=DAY - timedelta(days=1))]
    (row,) = picture_of([CaseLine(code="C-1", due=due)], DAY).rows

    assert row.late is None
    assert len(row.flags) == 1


def test_flags_that_would_cover_each_other_are_one_with_their_number() -> None:
    picture = picture_of([line(DAY, DAY + timedelta(days=3), DAY + timedelta(days=30))], DAY)

    assert flags(picture) == [at(DAY), at(DAY + timedelta(days=30))]
    assert [flag.number and flag.number.words for flag in picture.rows[0].flags] == ["2", None]


def test_whoever_reads_from_the_right_has_the_codes_there() -> None:
    left = picture_of([line(DAY)], DAY)
    with translation.override("ar"):
        right = picture_of([line(DAY)], DAY)

    assert right.rows[0].code.x == WIDTH
    assert flags(right) == [round(WIDTH - flags(left)[0], 1)]
    assert "l-8 4" in right.rows[0].flags[0].path


def test_what_it_shows_is_told_in_words() -> None:
    lines = [line(DAY - timedelta(days=4), DAY + timedelta(days=9)), line(DAY + timedelta(days=3), code="C-2")]

    assert picture_of(lines, DAY).told == "2 cases. 1 deadline is overdue. Next: C-2, 5 Dec 2026."
    assert picture_of(lines[1:], DAY).told == "1 case. Nothing is overdue. Next: C-2, 5 Dec 2026."
    for language in ("ru", "ky"):
        with translation.override(language):
            assert ".." not in picture_of(lines, DAY).told
    assert picture_of([], DAY).told == "No case has a deadline in these weeks."


# The page


def page(browser: Browser, whose: str = "team") -> Any:
    return browser.get(reverse("deadline_timeline"), {"whose": whose})


def codes(answer: Any) -> list[str]:
    return [line.code for line in answer.context["picture"].lines]


def main_of(answer: Any) -> str:
    return answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def due(worker: User, *days: int, **fields: Any) -> Client:
    client = client_of(worker)
    due_in(client, *days, **fields)
    return client


@pytest.mark.django_db
def test_cases_come_by_their_next_deadline_and_lead_there(browser: Browser, worker: User) -> None:
    later, late, soon, far = due(worker, 40), due(worker, -3, 60), due(worker, 5), due(worker, 200)

    answer = page(browser, "me")

    assert codes(answer) == [late.case.code, soon.case.code, later.case.code]
    assert f"{reverse('case', args=[soon.case.code])}#deadlines" in main_of(answer)
    assert far.case.code not in main_of(answer)
    assert late.full_name not in main_of(answer)
    assert 'role="img"' in main_of(answer)
    assert "style=" not in main_of(answer)
    (event,) = Event.objects.filter(type="residency.deadlines_listed", actor_id=worker.pk)
    assert event.data == {"whose": "me", "rows": 4}


@pytest.mark.django_db
def test_several_people_of_a_case_are_one_row(browser: Browser, worker: User) -> None:
    client = due(worker, 9)
    due_in(client, 2, 30)

    (row,) = page(browser, "me").context["picture"].lines

    assert [(it.on - it.today).days for it in row.due] == [2, 9, 30]


@pytest.mark.django_db
def test_what_is_answered_and_choices_that_have_passed_are_not_in_it(browser: Browser, worker: User) -> None:
    due(worker, 5, state="done")
    due(worker, -5, optional=True)
    choice = due(worker, 5, optional=True)

    assert codes(page(browser, "me")) == [choice.case.code]


@pytest.mark.django_db
def test_one_s_own_and_the_team_s_are_two_views(browser: Browser, worker: User) -> None:
    mine, theirs = due(worker, 5), client_of(worker, looked_after=False)
    due_in(theirs, 6)

    assert codes(page(browser, "me")) == [mine.case.code]
    assert codes(page(browser)) == [mine.case.code, theirs.case.code]


@pytest.mark.django_db
def test_who_looks_after_no_case_sees_those_of_the_team(worker: User) -> None:
    mine = due(worker, 5)
    colleague = make_user(team=team_of(worker))
    theirs = due(colleague, 6)

    assert codes(signed_in(colleague).get(reverse("deadline_timeline"))) == [theirs.case.code]
    assert codes(signed_in(make_user(team=team_of(worker))).get(reverse("deadline_timeline"))) == [
        mine.case.code,
        theirs.case.code,
    ]


@pytest.mark.django_db
def test_nobody_finds_cases_of_others_in_it(worker: User) -> None:
    client, hidden = due(worker, 5), due(worker, 6)
    hide(hidden.case, worker)

    assert codes(page(signed_in(make_user()))) == []
    assert codes(page(signed_in(make_user(team=team_of(worker))))) == [client.case.code]
    assert page(signed_in(make_user(Role.ADMINISTRATOR))).status_code == 403


@pytest.mark.django_db
def test_it_is_narrowed_by_what_has_to_be_done_where_and_who_looks_after_it(browser: Browser, worker: User) -> None:
    colleague = make_user(team=team_of(worker))
    mine, theirs, leaving = due(worker, 5), due(colleague, 6), client_of(worker, looked_after=False)
    due_in(leaving, -2, duty="leave", country="GE")
    due_in(leaving, 7)

    def found(query: str) -> list[str]:
        return codes(browser.get(f"{reverse('deadline_timeline')}?whose=team&{query}"))

    assert found("duty=leave") == [leaving.case.code]
    assert found("country=GE") == [leaving.case.code]
    assert found(f"caseworker={colleague.pk}") == [theirs.case.code]
    assert found("caseworker=nobody") == [leaving.case.code]
    assert found("duty=register") == [mine.case.code, theirs.case.code, leaving.case.code]
    assert found(f"duty=leave&caseworker={colleague.pk}") == []
    assert found("duty=dance&country=ZZ&caseworker=me") == [leaving.case.code, mine.case.code, theirs.case.code]


@pytest.mark.django_db
def test_of_a_case_that_the_filter_lets_through_it_shows_what_was_asked_for(browser: Browser, worker: User) -> None:
    client = due(worker, 5, 40)
    due_in(client, 9, duty="leave")

    answer = browser.get(reverse("deadline_timeline"), {"whose": "me", "duty": "leave"})

    [line] = answer.context["picture"].lines
    assert [it.duty for it in line.due] == ["leave"]
    assert Event.objects.get(type="residency.deadlines_listed").data == {"whose": "me", "rows": 1}


@pytest.mark.django_db
def test_a_filter_that_leaves_nothing_says_so_and_leads_to_all(browser: Browser, worker: User) -> None:
    due(worker, 5)

    said = main_of(browser.get(reverse("deadline_timeline"), {"whose": "team", "duty": "citizenship"}))

    assert "No deadline is like that" in said
    assert f'href="{reverse("deadline_timeline")}?whose=team"' in said
    assert "Nothing is overdue or due" not in said
    assert "<svg" not in said


@pytest.mark.django_db
@pytest.mark.parametrize(("here", "there"), [("timeline", "calendar"), ("calendar", "timeline")])
def test_tabs_and_the_link_to_the_other_picture_keep_what_was_chosen(
    browser: Browser, worker: User, here: str, there: str
) -> None:
    due(worker, 5)

    answer = browser.get(f"{reverse(f'deadline_{here}')}?whose=me&duty=leave")

    assert [tab.url.split("?")[1] for tab in answer.context["tabs"]] == ["whose=me&duty=leave", "whose=team&duty=leave"]
    assert f'href="{reverse(f"deadline_{there}")}?whose=me&amp;duty=leave"' in main_of(answer)


@pytest.mark.django_db
def test_it_offers_no_country_and_no_colleague_of_others(browser: Browser, worker: User) -> None:
    due(make_user(), 9, country="AM")
    due(worker, 300, country="TR")  # after the weeks that it shows

    form = page(browser).context["form"]

    assert [code for code, _name in form.fields["country"].choices] == [""]
    assert [key for key, _name in form.fields["caseworker"].choices] == ["", "nobody", str(worker.pk)]
    assert "caseworker" not in page(browser, "me").context["form"].fields


@pytest.mark.django_db
def test_of_very_many_the_first_are_drawn_and_the_list_has_the_others(
    browser: Browser, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.web.deadlines.views.deadline_timeline.CASES_AT_MOST", 2)
    first, second = due(worker, 1), due(worker, 2)
    due(worker, 3)

    answer = page(browser, "me")

    assert codes(answer) == [first.case.code, second.case.code]
    assert "And 1 more case." in main_of(answer)
    assert f"{reverse('cases')}?order=deadline&amp;caseworker={worker.pk}" in main_of(answer)


@pytest.mark.django_db
def test_the_list_that_has_the_others_is_of_the_caseworker_that_was_chosen(
    browser: Browser, worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.web.deadlines.views.deadline_timeline.CASES_AT_MOST", 1)
    for number in (1, 2):
        due(worker, number)
        due_in(client_of(worker, looked_after=False), number)
    listed = f"{reverse('cases')}?order=deadline"

    def led(query: str) -> str:
        return main_of(browser.get(f"{reverse('deadline_timeline')}?whose=team&{query}"))

    assert f'href="{listed}&amp;caseworker=nobody"' in led("caseworker=nobody")
    assert f'href="{listed}&amp;caseworker={worker.pk}"' in led(f"caseworker={worker.pk}")
    assert f'href="{listed}"' in led("duty=register")


@pytest.mark.django_db
def test_where_nothing_is_due_it_says_so(browser: Browser) -> None:
    assert "Nothing is overdue or due in these thirteen weeks" in main_of(page(browser, "me"))


@pytest.mark.django_db
def test_the_calendar_leads_to_it_and_it_leads_back(browser: Browser, worker: User) -> None:
    due(worker, 5)

    there, back = reverse("deadline_timeline"), reverse("deadline_calendar")

    assert f"{there}?whose=team" in main_of(browser.get(back, {"whose": "team"}))
    assert f"{back}?whose=team" in main_of(page(browser))
    assert f"{reverse('my_day')}?whose=team" in main_of(page(browser))


@pytest.mark.django_db
def test_it_costs_the_same_at_every_size_and_stays_small(browser: Browser, worker: User) -> None:
    costs = []
    for number in (1, 12):
        for each in range(number):
            due(worker, each * 5 - 4, each * 6 + 7)
        page(browser)
        with counted_queries() as asked:
            answer = page(browser)
        costs.append(len(asked))

    assert costs[0] == costs[1] <= 12
    assert len(zlib.compress(answer.content)) < 20_000
