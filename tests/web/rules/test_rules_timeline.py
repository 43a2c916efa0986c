"""The rules of a country over the years: lanes, gaps, overlaps, and what was known on an earlier day."""

from datetime import date, timedelta

import pytest
from django.test import Client as Browser

from casework.accounts.roles import DEFINITIONS, Permission, Role
from casework.residency.actions.rules import publish_rule, supersede_rule
from casework.residency.models import Rule
from casework.web.rules.timeline import lanes_of
from casework.web.rules.timeline_drawing import Window, drawn
from tests.factories.accounts import LONG_AGO, NOW, make_user
from tests.factories.residency import make_rule

pytestmark = pytest.mark.django_db

URL = "/rules/KZ/timeline/"


@pytest.fixture
def worker(client: Browser) -> Browser:
    client.force_login(make_user())
    return client


def text(response) -> str:
    return " ".join(response.content.decode().split())


def lanes(rows=None):
    return lanes_of(Rule.objects.held_now().order_by("pk") if rows is None else rows, {})


@pytest.mark.parametrize("role", Role)
def test_it_is_for_those_who_read_rules(client, role):
    make_rule()
    client.force_login(make_user(role))

    expected = 200 if Permission.RULES_VIEW in DEFINITIONS[role].permissions else 403
    assert client.get(URL).status_code == expected


def test_versions_of_one_line_stand_on_one_lane():
    make_rule(key="a", valid=(None, date(2023, 1, 27)), parameters={"days": 30})
    make_rule(key="b", valid=(date(2023, 1, 27), None))
    make_rule(key="c", part="window")

    [leave] = lanes()

    assert [[version.row.key for version in lane.versions] for lane in leave.lanes] == [["a", "b"], ["c"]]
    assert leave.lanes[0].gaps == []


def test_a_gap_is_named_by_its_first_and_last_day():
    make_rule(key="a", valid=(None, date(2020, 3, 1)))
    make_rule(key="b", valid=(date(2020, 3, 3), None))

    [leave] = lanes()

    [gap] = leave.lanes[0].gaps
    assert (gap.first, gap.end) == (date(2020, 3, 1), date(2020, 3, 3))
    assert gap.sentence == "Gap: nothing is held from 1 Mar 2020 to 2 Mar 2020."


def test_an_overlap_is_a_conjunction_or_may_be_two_readings():
    make_rule(key="a", part="visit", valid=(None, date(2024, 1, 1)))
    make_rule(
        "rolling_window", {"days": 90, "window_days": 180}, key="b", part="window", valid=(date(2023, 1, 1), None)
    )
    [leave] = lanes()
    assert [len(lane.overlaps) for lane in leave.lanes] == [1, 1]
    [sentence] = leave.remarks
    assert "1 Jan 2023 to 31 Dec 2023" in sentence
    assert "hold together; the earliest date wins" in sentence

    make_rule(key="c", part="doubtful", valid=(date(2025, 1, 1), None), review_status="needs_review")
    assert "may be two readings of one rule" in " ".join(lanes()[0].remarks)


def test_an_exception_takes_the_place_of_its_base_and_leaves_no_gap():
    make_rule("consecutive_days", {"days": 30}, key="base", part="visit", review_status="needs_review")
    for year in (2024, 2026):
        make_rule(
            "consecutive_days",
            {"days": 90},
            key=f"season-{year}",
            part="visit",
            valid=(date(year, 4, 15), date(year, 11, 1)),
            is_exception=True,
        )

    [leave] = lanes()

    assert [lane.label for lane in leave.lanes] == [
        "nationals: Russia · visit",
        "nationals: Russia · visit · exception",
    ]
    assert [lane.gaps for lane in leave.lanes] == [[], []]
    season, _later = leave.remarks
    assert "Exception, 15 Apr 2024 to 31 Oct 2024: visit (At most 90 days in a row" in season
    assert "takes the place of visit (At most 30 days in a row" in season


@pytest.mark.parametrize(
    "other", [{"nationality": "BY"}, {"legal_status": "announced"}, {"valid": (date(2024, 1, 1), None)}]
)
def test_other_people_other_days_and_what_does_not_bind_do_not_overlap(other):
    make_rule(key="a", part="a", valid=(None, date(2024, 1, 1)))
    make_rule(**{"key": "b", "part": "b"} | other)

    assert [duty.remarks for duty in lanes()] == [[]]


def test_marks_and_hatching_do_not_rest_on_colour(worker):
    make_rule(key="a", part="a", review_status="reviewed")
    make_rule(key="b", part="b", review_status="needs_review")
    make_rule(key="c", part="c", legal_status="suspended")

    drawing = worker.get(URL).context["drawing"]

    bars = [bar for row in drawing.rows for bar in row.bars]
    assert [bar.text[0] for bar in bars] == ["✔", "?", "○"]
    assert ["is-not-in-force" in bar.classes for bar in bars] == [False, False, True]
    assert "suspended" in bars[2].text


def test_bars_stand_where_their_days_are_and_point_where_they_go_on():
    make_rule(valid=(date(2025, 1, 1), None))
    drawing = drawn(lanes(), Window(2024, 2027), date(2026, 1, 1))

    [bar] = [bar for row in drawing.rows for bar in row.bars]
    at = {tick.label: tick.x for tick in drawing.ticks}
    assert (bar.x, drawing.today_x) == (at["2025"], at["2026"])
    assert bar.x + bar.width == pytest.approx(drawing.right, abs=0.1)
    assert bar.shape.startswith(f"M{bar.x:.1f} {bar.y:.1f}L{bar.x:.1f}")


def test_lanes_without_a_bar_in_these_years_are_left_out_of_the_picture_and_not_of_the_table(worker):
    make_rule(key="old", valid=(None, date(2010, 1, 1)), parameters={"days": 30})

    response = worker.get(URL, {"from": "2020", "to": "2026"})

    assert response.context["drawing"].rows == []
    assert "At most 30 days in a row" in text(response)


@pytest.mark.parametrize(
    ("query", "years"),
    [
        ({"from": "2010", "to": "2015"}, (2010, 2015)),
        ({"from": "2015", "to": "2010"}, (2010, 2015)),
        ({"from": "1900", "to": "2100"}, (1900, 2019)),
        ({"from": "٢٠٢٠", "to": "2026"}, None),
        ({"from": "99999999999", "to": "2026"}, None),
    ],
)
def test_the_reader_picks_years_and_nonsense_picks_nothing(worker, query, years):
    make_rule()

    window = worker.get(URL, query).context["window"]

    if years is not None:
        assert (window.first_year, window.last_year) == years
    else:
        assert window.last_year == 2026


def test_every_way_to_other_years_leads_somewhere(worker):
    make_rule(valid=(date(1994, 5, 1), None))

    links = worker.get(URL).context["links"]

    assert [label for label, _url in links] == ["Earlier", "Later", "Fewer years", "More years", "Everything on record"]
    assert [worker.get(URL + url).status_code for _label, url in links] == [200] * 5
    assert worker.get(URL + dict(links)["Everything on record"]).context["window"].first_year == 1994


def test_what_was_known_on_an_earlier_day_is_shown_as_it_was(worker):
    editor = make_user(Role.POLICY_EDITOR)
    old = make_rule(known=(LONG_AGO, None))
    new = supersede_rule(rule=old, by=editor, now=NOW, parameters={"days": 60})
    publish_rule(rule=new, by=editor, now=NOW + timedelta(days=1))

    then = text(worker.get(URL, {"known_day": "22", "known_month": "11", "known_year": "2026"}))
    since = text(worker.get(URL))

    assert ("At most 90 days in a row" in then, "At most 60 days in a row" in then) == (True, False)
    assert ("At most 90 days in a row" in since, "At most 60 days in a row" in since) == (False, True)
    assert "As we held it to be at the end of 22 Nov 2026." in then


def test_a_day_that_cannot_be_read_is_refused_and_kept(worker):
    make_rule()

    response = worker.get(URL, {"known_day": "45", "known_month": "11", "known_year": "2026"})

    assert response.context["form"].errors
    assert 'value="45"' in text(response)


def test_it_is_read_aloud_as_a_picture_with_a_title_and_a_table(worker):
    make_rule()

    content = text(worker.get(URL))

    assert 'role="img" aria-labelledby="timeline-title timeline-desc"' in content
    assert '<title id="timeline-title">Kazakhstan: rules from' in content
    assert "The same in words" in content


def test_an_unknown_country_is_not_found_and_one_without_rules_does_not_look_unlimited(worker):
    make_rule()
    rule = make_rule(country="KG", known=(LONG_AGO, NOW))

    assert worker.get("/rules/QQ/timeline/").status_code == 404
    assert "This does not mean that there is no limit." in text(worker.get(f"/rules/{rule.jurisdiction_id}/timeline/"))


def test_the_country_page_leads_there(worker):
    make_rule()

    assert f'href="{URL}"' in text(worker.get("/rules/KZ/"))
