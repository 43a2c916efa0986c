"""The timeline of a person: bars and flags at their days, the same in the table, for who may see the person."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import translation

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, Client
from casework.lib.dates import BoundedDay
from casework.web.deadlines.axis import Axis
from casework.web.deadlines.person_timeline import (
    KNOWN,
    PLANNED,
    UNCERTAIN,
    VOID,
    WIDTH,
    Due,
    Picture,
    Shape,
    days_of,
    picture_of,
    pieces_of,
    shown_in,
)
from casework.web.deadlines.spans import NOT_KNOWN, Span
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import hide, make_case, make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_deadline, make_permit, make_registration, make_rule, make_stay

from .conftest import signed_in
from .people import client_of, due_in, in_days

TODAY = NOW.date()  # 22 November 2026
FIRST = date(2026, 8, 1)


def span(since: BoundedDay, until: BoundedDay | None, **fields: Any) -> Span:
    known: dict[str, Any] = {"kind": "permit", "fact_id": "1", "what": "Visa", "goes_on": "end not recorded"}
    return Span(since=since, until=until, **(known | fields))


def on(days: int, to: int | None = None) -> BoundedDay:
    return BoundedDay(in_days(days), in_days(days if to is None else to))


def ends_of(shape: Shape) -> tuple[float, float]:
    """Return where a bar begins and ends."""
    begin, end = re.findall(r"M([\d.]+) [\d.]+H([\d.]+)", shape.path)[0]
    return float(begin), float(end)


def bars(picture: Picture, look: str) -> list[tuple[float, float]]:
    return [ends_of(shape) for shape in picture.shapes if shape.look == look]


# The days


def test_the_first_and_the_last_day_fill_the_drawing() -> None:
    axis = Axis(first=date(2026, 1, 1), last=date(2026, 12, 31), width=365)

    assert (axis.begin(date(2026, 1, 1)), axis.end(date(2026, 1, 1))) == (0, 1)
    assert (axis.begin(date(2026, 12, 31)), axis.end(date(2026, 12, 31))) == (364, 365)
    assert axis.begin(date(2020, 1, 1)) == 0
    assert axis.end(date.max) == axis.begin(date.max) == 365


def test_it_shows_whole_months_from_three_back_to_the_last_day_that_is_known() -> None:
    assert days_of([], [], TODAY) == (FIRST, date(2027, 2, 28))
    assert days_of([span(on(0), on(200))], [], TODAY) == (FIRST, date(2027, 6, 30))
    assert days_of([], [Due(on=in_days(200), duty="Leave")], TODAY) == (FIRST, date(2027, 6, 30))


def test_what_ends_in_many_years_does_not_press_the_next_months_together() -> None:
    passport = span(on(-900), on(3000))

    assert days_of([passport, span(on(0), on(200))], [], TODAY) == (FIRST, date(2027, 6, 30))
    assert days_of([passport, span(on(0), on(735))], [], TODAY)[1] == date(2028, 11, 30)


@pytest.mark.parametrize(
    ("days", "is_shown"),
    [((-200, -114), False), ((-200, -113), True), ((150, 160), False), ((98, 160), True), ((99, 160), False)],
)
def test_what_is_over_or_far_ahead_is_not_drawn(days: tuple[int, int], is_shown: bool) -> None:
    fact = span(on(days[0]), on(days[1]))

    assert (shown_in([fact], FIRST, date(2027, 2, 28)) == [fact]) is is_shown


# The bars


def test_a_bar_goes_from_the_first_day_to_the_end_of_the_last() -> None:
    picture = picture_of([span(on(-10), on(20))], [], TODAY)

    assert bars(picture, KNOWN) == [(picture.axis.begin(in_days(-10)), picture.axis.end(in_days(20)))]
    assert picture.axis.end(in_days(20)) == picture.axis.begin(in_days(21))


def test_a_bar_that_goes_on_beyond_the_picture_has_a_point_and_no_other_has() -> None:
    beyond, within = (picture_of([span(on(-900), on(end))], [], TODAY) for end in (3000, 40))

    assert bars(beyond, KNOWN) == [(0, WIDTH - 8)]
    assert "l4 4.5l-4 4.5" in beyond.shapes[0].path
    assert "l0 4.5l0 4.5" in within.shapes[0].path


def test_a_fact_without_an_end_is_certain_until_today_and_goes_on_from_there() -> None:
    assert pieces_of(span(on(-10), None), TODAY) == [
        (KNOWN, in_days(-10), TODAY),
        (UNCERTAIN, in_days(1), date.max),
    ]


def test_days_that_are_not_known_exactly_are_drawn_as_such() -> None:
    assert pieces_of(span(on(-30, -20), on(5, 9)), TODAY) == [
        (UNCERTAIN, in_days(-30), in_days(-21)),
        (KNOWN, in_days(-20), in_days(5)),
        (UNCERTAIN, in_days(6), in_days(9)),
    ]


@pytest.mark.parametrize(
    ("since", "until", "pieces"),
    [
        (NOT_KNOWN, on(30), [(UNCERTAIN, None, -1), (KNOWN, 0, 30)]),
        (NOT_KNOWN, None, [(UNCERTAIN, None, -1), (KNOWN, 0, 0), (UNCERTAIN, 1, None)]),
        (NOT_KNOWN, on(-10), [(UNCERTAIN, None, -11), (KNOWN, -10, -10)]),
        (on(-40), NOT_KNOWN, [(KNOWN, -40, -40), (UNCERTAIN, -39, 0)]),
        (on(-40, -30), NOT_KNOWN, [(UNCERTAIN, -40, 0)]),
        (on(-40), BoundedDay(None, in_days(-9)), [(KNOWN, -40, -40), (UNCERTAIN, -39, -9)]),
        (on(-40), BoundedDay(in_days(-9), None), [(KNOWN, -40, -9), (UNCERTAIN, -8, 0)]),
        (on(5), BoundedDay(in_days(9), None), [(PLANNED, 5, 9)]),
        (on(-40, -10), on(-20, -5), [(UNCERTAIN, -40, -5)]),
    ],
    ids=[
        "begin not known",
        "neither known",
        "ended, begin not known",
        "left, nobody knows when",
        "neither exactly",
        "left by then",
        "left then or later",
        "a plan",
        "nothing certain",
    ],
)
def test_what_nobody_knows_ends_at_today(
    since: BoundedDay, until: BoundedDay | None, pieces: list[tuple[str, int | None, int | None]]
) -> None:
    expected = [
        (look, date.min if first is None else in_days(first), date.max if last is None else in_days(last))
        for look, first, last in pieces
    ]

    assert pieces_of(span(since, until), TODAY) == expected


def test_what_is_planned_or_lost_looks_otherwise_and_says_so() -> None:
    picture = picture_of([span(on(10), on(20)), span(on(-10), on(20), kind="document", state="lost")], [], TODAY)

    assert len(bars(picture, PLANNED)) == len(bars(picture, VOID)) == 1
    assert [label.words for label in picture.texts] == [
        "Visa · planned · ends: 12 Dec 2026",
        "Visa · lost · ends: 12 Dec 2026",
    ]
    assert [look for look, _word in picture.legend] == [PLANNED, VOID]


def test_a_long_name_is_cut_and_its_day_is_not() -> None:
    (label,) = picture_of([span(on(-10), on(20), what="Certificate " * 9)], [], TODAY).texts

    assert label.words.endswith("… · ends: 12 Dec 2026")
    assert len(label.words) <= 50


def test_no_two_bars_stand_on_each_other() -> None:
    picture = picture_of([span(on(-10), on(20), fact_id=str(number)) for number in range(5)], [], TODAY)
    tops = [re.findall(r"M[\d.]+ ([\d.]+)H", shape.path)[0] for shape in picture.shapes]

    assert len(set(tops)) == 5


def test_of_very_many_some_are_in_the_table_alone_and_it_says_how_many() -> None:
    picture = picture_of([span(on(-10 - number), on(20), fact_id=str(number)) for number in range(11)], [], TODAY)

    assert len(bars(picture, KNOWN)) == 8
    assert picture.left_out == 3


# The flags


def test_a_flag_stands_at_the_day_and_an_overdue_one_comes_back_to_today() -> None:
    due = [Due(on=in_days(-12), duty="Register"), Due(on=in_days(30), duty="Leave", other=in_days(40))]
    picture = picture_of([], due, TODAY)
    flags = {it.look: it.path for it in picture.shapes if it.look.startswith("timeline-flag")}

    assert flags["timeline-flag timeline-flag-late"].startswith(f"M{picture.axis.begin(in_days(-12))} ")
    assert flags["timeline-flag"].startswith(f"M{picture.axis.begin(in_days(30))} ")
    assert flags["timeline-flag timeline-flag-other"].startswith(f"M{picture.axis.begin(in_days(40))} ")
    assert bars(picture, "chart-expected") == [(picture.axis.begin(in_days(-12)), picture.axis.end(in_days(-1)))]
    assert bars(picture, UNCERTAIN) == [(picture.axis.begin(in_days(30)), picture.axis.end(in_days(40)))]
    assert [label.words for label in picture.texts] == ["Register · overdue · 10 Nov 2026", "Leave · 22 Dec 2026"]


def test_what_is_due_beyond_the_picture_stands_at_its_edge_and_flies_back() -> None:
    picture = picture_of([], [Due(on=in_days(2000), duty="Leave")], TODAY)
    (flag,) = [it.path for it in picture.shapes if it.look == "timeline-flag"]

    assert flag.startswith(f"M{picture.axis.end(picture.last)} ")
    assert "h-9" in flag


def test_whoever_reads_from_the_right_has_time_go_to_the_left() -> None:
    facts, due = [span(on(-10), on(3000))], [Due(on=in_days(30), duty="Leave")]
    left = picture_of(facts, due, TODAY)
    with translation.override("ar"):
        right = picture_of(facts, due, TODAY)

    assert right.today.x == round(WIDTH - left.today.x, 1)
    ((begin, end),) = bars(right, KNOWN)
    assert end < begin <= WIDTH
    assert "l-4 4.5l4 4.5" in right.shapes[-1].path
    assert [x for x, _label in right.months] == sorted((x for x, _label in right.months), reverse=True)
    assert {label.x for label in right.texts} == {WIDTH}


def test_what_it_shows_is_told_in_words() -> None:
    due = [Due(on=in_days(-12), duty="Register"), Due(on=in_days(30), duty="Leave")]

    assert picture_of([span(on(-10), on(20)), span(on(-10), on(10), state="lost")], due, TODAY).told == (
        "1 Aug 2026 to 28 Feb 2027. 2 open deadlines. 1 is overdue. The next: Leave, 22 Dec 2026. "
        "Ends first: Visa, 12 Dec 2026."
    )
    assert picture_of([], [], TODAY).told == "1 Aug 2026 to 28 Feb 2027. No deadline is open."


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_no_sentence_ends_in_two_points_where_a_date_does(language: str) -> None:
    with translation.override(language):
        told = [
            picture_of([span(on(-10), on(20))], [Due(on=in_days(30), duty="Leave")], TODAY).told,
            picture_of([], [], TODAY).told,
        ]

    assert [it for it in told if ".." in it] == []


# The page


@pytest.fixture
def client(worker: User) -> Client:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    return make_client(case=case, by=worker)


def url(client: Client) -> str:
    return reverse("client_timeline", args=[client.reference])


def main_of(answer: Any) -> str:
    return answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.django_db
def test_the_page_draws_what_is_on_record_and_says_the_same_with_ways_there(browser: Browser, client: Client) -> None:
    make_rule("consecutive_days", {"days": 60})
    stay = make_stay(client, date(2026, 11, 1))
    permit = make_permit(client)
    registration = make_registration(client, valid_until=date(2027, 1, 5))
    passport = make_document(client=client)
    paper = make_document(client=client, kind="education", valid_until=None, number="")

    answer = browser.get(url(client))

    page, picture = main_of(answer), answer.context["picture"]
    assert [label.words for label in picture.lanes] == [
        *("Deadlines", "Stays", "Permits and visas", "Registrations", "Documents")
    ]
    assert [label.words for label in picture.texts] == [
        "Renew the registration · 5 Jan 2027",
        "Leave the country by · 31 Jan 2027",
        "Kazakhstan · has not left",
        "Temporary residence, Kazakhst… · ends: 31 Jan 2027",
        "Registration of the stay, Kaza… · ends: 5 Jan 2027",
        "International passport, Russia · ends: 1 Mar 2030",
    ]
    for name, fact in (("stay", stay), ("permit", permit), ("registration", registration), ("document", passport)):
        assert reverse(f"change_{name}", args=[fact.pk]) in page
    assert str(paper.pk) not in page
    assert [row.why_url in page for row in answer.context["deadlines"]] == [True, True]
    assert 'role="img"' in page
    assert "<desc" in page
    assert "style=" not in page
    assert "<script" not in page


@pytest.mark.django_db
def test_the_table_says_of_uncertain_and_open_days_what_they_are(browser: Browser, client: Client) -> None:
    days = {"entered_earliest": date(2026, 11, 1), "entered_latest": date(2026, 11, 5)}
    make_stay(client, **days)
    make_stay(client, date(2026, 12, 20), country="GE", planned=True)
    make_stay(client, date(2026, 9, 1), country="UZ", has_left=True)
    make_permit(client, printed_until=None)

    rows = [(row.span.since_in_words, row.span.until_in_words) for row in browser.get(url(client)).context["facts"]]

    assert rows == [
        ("1 Sept 2026", "has left, the day is not known"),
        ("between 1 Nov 2026 and 5 Nov 2026", "has not left"),
        ("20 Dec 2026", "end not recorded"),
        ("1 Feb 2026", "end not recorded"),
    ]


@pytest.mark.django_db
def test_a_deadline_without_a_day_is_in_the_table_alone(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    make_deadline(client, None)
    due_in(client, 5)

    answer = browser.get(url(client))

    assert len(answer.context["deadlines"]) == 2
    assert "1 open deadline." in answer.context["picture"].told
    assert "Date unknown" in main_of(answer)


@pytest.mark.django_db
def test_deadlines_of_several_countries_say_of_which_each_is(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    due_in(client, 5)
    due_in(client, 9, country="GE")

    assert [label.words for label in browser.get(url(client)).context["picture"].texts] == [
        "Register the stay (Kazakhstan) · 27 Nov 2026",
        "Register the stay (Georgia) · 1 Dec 2026",
    ]


@pytest.mark.django_db
def test_what_is_done_or_was_a_choice_that_has_passed_is_not_drawn(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    due_in(client, 5, state="done")
    due_in(client, -5, optional=True)

    assert browser.get(url(client)).context["deadlines"] == []


@pytest.mark.django_db
def test_another_date_by_another_reading_is_drawn_and_said(browser: Browser, worker: User) -> None:
    client = client_of(worker)
    due_in(client, 5, alternative_on=in_days(9))
    due_in(client, 6, alternative_on=in_days(9), imposed_on=in_days(3), set_by="authority")

    answer = browser.get(url(client))

    assert [it.look for it in answer.context["picture"].shapes].count("timeline-flag timeline-flag-other") == 1
    assert "By another reading of the facts: 1 Dec 2026" in main_of(answer)


@pytest.mark.django_db
def test_what_lies_outside_is_counted(browser: Browser, client: Client) -> None:
    make_stay(client, date(2026, 11, 1))
    make_stay(client, date(2025, 3, 1), date(2025, 3, 9))

    assert "1 more on record lies outside these months." in main_of(browser.get(url(client)))


@pytest.mark.django_db
def test_who_has_nothing_on_record_is_told_what_to_record(browser: Browser, client: Client) -> None:
    page = main_of(browser.get(url(client)))

    assert "Nothing to draw yet" in page
    assert reverse("add_stay", args=[client.reference]) in page
    assert "<svg" not in page.split("<h1", 1)[1]


@pytest.mark.django_db
def test_somebody_else_of_the_same_case_is_not_in_it(browser: Browser, client: Client, worker: User) -> None:
    sibling = make_client(case=client.case, by=worker, relation="sibling")
    make_stay(client, date(2026, 11, 1))
    make_stay(sibling, date(2026, 11, 1), country="GE")
    make_deadline(sibling, in_days(5))

    answer = browser.get(url(client))

    assert "Georgia" not in main_of(answer)
    assert answer.context["deadlines"] == []


@pytest.mark.django_db
def test_looking_is_written_down_once(browser: Browser, client: Client) -> None:
    browser.get(url(client))

    seen = Event.objects.filter(type="residency.timeline_seen", subject_id=client.pk)
    assert [event.case_id for event in seen] == [client.case_id]


@pytest.mark.django_db
def test_nobody_else_sees_it(client: Client, worker: User) -> None:
    named = make_user(team=team_of(worker))
    hide(client.case, named)

    assert signed_in(named).get(url(client)).status_code == 200
    assert signed_in(make_user(team=team_of(worker))).get(url(client)).status_code == 404
    assert signed_in(make_user()).get(url(client)).status_code == 404
    for role in (Role.ADMINISTRATOR, Role.POLICY_EDITOR, Role.AUDITOR, Role.REPORT_READER):
        assert signed_in(make_user(role)).get(url(client)).status_code == 403


@pytest.mark.django_db
def test_whoever_only_looks_is_led_to_the_papers_and_to_no_form(browser: Browser, client: Client) -> None:
    stay = make_stay(client, date(2026, 11, 1))
    Case.objects.filter(pk=client.case_id).update(
        archived_at=NOW, status="closed", closed_at=NOW, closing_reason="left"
    )

    answer = browser.get(url(client))

    assert answer.status_code == 200
    assert reverse("change_stay", args=[stay.pk]) not in main_of(answer)
    assert f"{reverse('case', args=[client.case.code])}#papers" in main_of(answer)


@pytest.mark.django_db
def test_the_person_the_case_and_the_position_lead_to_it(browser: Browser, client: Client) -> None:
    make_stay(client, date(2026, 11, 1))
    pages = [reverse("client", args=[client.reference]), reverse("position", args=[client.reference])]

    for page in (*pages, reverse("case", args=[client.case.code])):
        assert url(client) in main_of(browser.get(page))


@pytest.mark.django_db
def test_it_costs_the_same_however_much_is_on_record(browser: Browser, client: Client) -> None:
    costs = []
    for number in (1, 9):
        for each in range(number):
            make_permit(client, printed_until=TODAY + timedelta(days=30 + each))
            make_stay(client, date(2026, 10, 1 + each + number), date(2026, 10, 1 + each + number))
        browser.get(url(client))
        with counted_queries() as asked:
            browser.get(url(client))
        costs.append(len(asked))

    assert costs[0] == costs[1] <= 14
