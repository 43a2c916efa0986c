"""What an answer still means after the date that it answered has changed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.residency.rules.facts import DayRange, Document, Facts, Permit, Stay
from casework.residency.standing import Computed, Decided, fingerprint, standing

MARCH_12 = date(2027, 3, 12)
EARLIER = date(2027, 3, 8)
LATER = date(2027, 3, 20)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def answer(kind: str = "done", **fields) -> Decided:
    known = {"answered_on": MARCH_12, "country": "KZ", "subject": "entry", "decided_on": date(2027, 3, 5)}
    return Decided(kind=kind, **(known | fields))


def now(due_on: date | None = MARCH_12, **fields) -> Computed:
    return Computed(due_on=due_on, **({"country": "KZ", "subject": "entry"} | fields))


def state_after(*decisions: Decided, computed: Computed | None = None) -> tuple[str, bool]:
    stands = standing(decisions, computed or now())
    return stands.state, stands.contradicted


@pytest.mark.parametrize("kind", ["done", "waived"])
def test_an_answer_holds_while_its_date_drives(kind: str) -> None:
    assert state_after(answer(kind)) == (kind, False)


@pytest.mark.parametrize("kind", ["done", "waived"])
def test_an_answer_holds_where_the_law_gives_more_time(kind: str) -> None:
    assert state_after(answer(kind), computed=now(LATER)) == (kind, False)


def test_what_was_waived_is_asked_again_where_the_date_moves_earlier() -> None:
    assert state_after(answer("waived"), computed=now(EARLIER)) == ("open", True)


def test_what_was_done_before_an_earlier_date_stays_done() -> None:
    assert state_after(answer(decided_on=EARLIER), computed=now(EARLIER)) == ("done", False)


def test_what_was_said_done_after_an_earlier_date_is_asked_again() -> None:
    assert state_after(answer(decided_on=date(2027, 3, 9)), computed=now(EARLIER)) == ("open", True)


@pytest.mark.parametrize("kind", ["done", "waived"])
@pytest.mark.parametrize("due_on", [EARLIER, LATER, None])
def test_an_answer_about_another_entry_is_asked_again(kind: str, due_on: date | None) -> None:
    assert state_after(answer(kind), computed=now(due_on, subject="another entry")) == ("open", True)


@pytest.mark.parametrize("kind", ["done", "waived"])
def test_an_answer_in_another_country_is_asked_again_though_the_date_is_the_same(kind: str) -> None:
    assert state_after(answer(kind), computed=now(country="KG")) == ("open", True)


def test_a_corrected_fact_that_leaves_the_date_as_it_was_leaves_the_answer() -> None:
    assert state_after(answer(), computed=now(subject="bounds are narrower")) == ("done", False)


def test_a_date_that_becomes_unknown_leaves_the_answer() -> None:
    assert state_after(answer("waived"), computed=now(None)) == ("waived", False)


def test_a_date_that_becomes_known_asks_again_what_was_waived_without_one() -> None:
    assert state_after(answer("waived", answered_on=None)) == ("open", True)


def test_a_date_that_becomes_known_leaves_what_was_done_before_it() -> None:
    assert state_after(answer(answered_on=None)) == ("done", False)


def test_a_deadline_that_is_gone_keeps_its_answer() -> None:
    assert state_after(answer(), computed=now(EARLIER, gone=True, subject="")) == ("done", False)


def test_reopening_takes_the_answer_back() -> None:
    assert state_after(answer(), answer("reopened")) == ("open", False)


def test_the_latest_answer_counts() -> None:
    assert state_after(answer(), answer("reopened"), answer("waived")) == ("waived", False)


def test_a_date_set_by_an_authority_drives_and_asks_anew() -> None:
    stands = standing([answer(), answer("imposed", imposed_on=EARLIER)], now())

    assert (stands.state, stands.imposed_on, stands.contradicted) == ("open", EARLIER, False)


ORDER = answer("imposed", imposed_on=LATER, id="order")
CONFIRMED = answer("confirmed", about="order", answered_on=MARCH_12)
REFUSED = answer("refused", about="order", answered_on=MARCH_12)


@pytest.mark.parametrize("kind", ["imposed", "overridden"])
def test_a_later_date_waits_for_a_second_person(kind: str) -> None:
    stands = standing([answer(kind, imposed_on=LATER, id="order")], now())

    assert (stands.imposed_on, stands.waiting_on, stands.contradicted) == (None, LATER, False)


def test_a_later_date_that_was_confirmed_drives() -> None:
    stands = standing([ORDER, CONFIRMED], now())

    assert (stands.imposed_on, stands.waiting_on, stands.state) == (LATER, None, "open")


def test_a_later_date_that_was_refused_is_no_more() -> None:
    stands = standing([ORDER, REFUSED], now())

    assert (stands.imposed_on, stands.waiting_on) == (None, None)


def test_on_the_very_day_that_the_rules_allow_nobody_is_needed() -> None:
    assert standing([answer("imposed", imposed_on=MARCH_12)], now()).imposed_on == MARCH_12
    assert standing([answer("imposed", imposed_on=date(2027, 3, 13))], now()).imposed_on is None


def test_an_earlier_order_goes_on_driving_while_a_later_one_waits() -> None:
    first = answer("imposed", imposed_on=EARLIER, id="first")

    stands = standing([first, ORDER], now())

    assert (stands.imposed_on, stands.waiting_on) == (EARLIER, LATER)
    assert standing([first, ORDER, CONFIRMED], now()).imposed_on == LATER
    assert standing([first, ORDER, REFUSED], now()).imposed_on == EARLIER


def test_a_date_that_becomes_later_than_the_rules_allow_waits_from_then_on() -> None:
    order = answer("imposed", imposed_on=date(2027, 3, 10), id="order")

    assert standing([order], now()).imposed_on == date(2027, 3, 10)
    stands = standing([order], now(EARLIER))
    assert (stands.imposed_on, stands.waiting_on) == (None, date(2027, 3, 10))


def test_a_confirmation_does_not_hold_for_an_earlier_date_than_was_seen() -> None:
    stands = standing([ORDER, CONFIRMED], now(EARLIER))

    assert (stands.imposed_on, stands.waiting_on) == (None, LATER)
    once_more = answer("confirmed", about="order", answered_on=EARLIER)
    assert standing([ORDER, CONFIRMED, once_more], now(EARLIER)).imposed_on == LATER


def test_an_order_that_waits_takes_no_answer_away() -> None:
    stands = standing([answer(), ORDER], now())

    assert (stands.state, stands.waiting_on) == ("done", LATER)


def test_lifting_ends_what_waits() -> None:
    assert standing([ORDER, answer("lifted")], now()).waiting_on is None


@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=5), DAYS)
def test_no_date_later_than_the_rules_allow_drives_unconfirmed(orders: list[tuple[date, bool]], due_on: date) -> None:
    said = []
    for number, (day, is_confirmed) in enumerate(orders):
        said.append(answer("imposed", imposed_on=day, id=str(number), answered_on=due_on))
        if is_confirmed:
            said.append(answer("confirmed", about=str(number), answered_on=due_on))

    stands = standing(said, now(due_on))

    if stands.imposed_on is not None and stands.imposed_on > due_on:
        assert orders[int(stands.order.id)][1]
    if not any(is_confirmed for _, is_confirmed in orders):
        assert (stands.imposed_on or due_on) <= due_on


def test_an_order_that_the_rules_know_nothing_of_is_flagged() -> None:
    assert standing([answer("imposed", imposed_on=EARLIER)], now(gone=True)).contradicted


def test_an_order_where_no_date_is_known_is_not_flagged() -> None:
    assert not standing([answer("imposed", imposed_on=LATER)], now(None)).contradicted


def test_an_answer_to_an_imposed_date_holds_while_the_computed_one_moves() -> None:
    decisions = [answer("imposed", imposed_on=EARLIER), answer(answered_on=EARLIER)]

    assert state_after(*decisions, computed=now(LATER)) == ("done", False)


def test_lifting_lets_the_computed_date_drive_again() -> None:
    decisions = [answer("imposed", imposed_on=EARLIER), answer("lifted")]

    assert standing(decisions, now()).imposed_on is None


@given(st.lists(DAYS | st.none(), max_size=6), st.sampled_from(["done", "waived"]))
def test_the_answer_is_back_when_the_date_is_back(moves: list[date | None], kind: str) -> None:
    decisions = [answer(kind)]
    for day in moves:
        standing(decisions, now(day))

    assert standing(decisions, now()).state == kind


@given(DAYS, DAYS, st.booleans())
def test_no_earlier_date_is_hidden_by_a_waiver(answered_on: date, due_on: date, same_subject: bool) -> None:
    stands = standing(
        [answer("waived", answered_on=answered_on)], now(due_on, subject="entry" if same_subject else "other")
    )

    assert stands.state == ("waived" if due_on == answered_on or (due_on > answered_on and same_subject) else "open")
    assert stands.contradicted == (stands.state == "open")


STAY = Stay(id="s", country="KZ", entered=DayRange.exactly(MARCH_12), left=None)


def facts_with(stay: Stay) -> Facts:
    return Facts(client_id="c", stays=(stay,))


def test_the_fingerprint_of_a_stay_is_its_country_and_entry() -> None:
    left = Stay(id="s", country="KZ", entered=DayRange.exactly(MARCH_12), left=DayRange.exactly(LATER), purpose="work")
    elsewhere = Stay(id="s", country="KG", entered=DayRange.exactly(MARCH_12), left=None)
    another_day = Stay(id="s", country="KZ", entered=DayRange(earliest=EARLIER, latest=MARCH_12), left=None)

    told = fingerprint(facts_with(STAY), "stay", "s")

    assert len(told) == 16
    assert fingerprint(facts_with(left), "stay", "s") == told
    assert fingerprint(facts_with(elsewhere), "stay", "s") != told
    assert fingerprint(facts_with(another_day), "stay", "s") != told


def test_the_fingerprint_of_a_paper_is_its_end() -> None:
    first = Facts(client_id="c", permits=(Permit(id="p", country="KZ", kind="visa", printed_until=MARCH_12),))
    renewed = Facts(client_id="c", permits=(Permit(id="p", country="KZ", kind="visa", printed_until=LATER),))

    assert fingerprint(first, "permit", "p") != fingerprint(renewed, "permit", "p")


def test_a_fact_that_is_not_there_has_no_fingerprint() -> None:
    papers = Facts(client_id="c", documents=(Document(id="d", kind="international_passport", country="RU"),))

    assert fingerprint(papers, "stay", "s") == ""
    assert fingerprint(papers, "client", "c") == ""
    assert fingerprint(papers, "document", "d") != ""


def test_a_registration_on_record_answers_by_itself() -> None:
    assert state_after(computed=now(is_met=True)) == ("done", False)


def test_a_registration_on_record_answers_a_waiver_that_no_longer_fits() -> None:
    assert state_after(answer("waived"), computed=now(EARLIER, is_met=True)) == ("done", False)


def test_an_order_after_the_registration_asks_anew() -> None:
    order = answer("imposed", imposed_on=EARLIER, decided_on=MARCH_12)

    assert standing([order], now(is_met=True, met_on=EARLIER)).state == "open"
    assert standing([order], now(is_met=True, met_on=None)).state == "open"
    assert standing([order], now(is_met=True, met_on=MARCH_12)).state == "done"
