"""How long holders of a permit may be away."""

from casework.residency.rules.kinds import Duty, Kind

from .making import between, day, deadline, has_deadline, permit, person, position, rule, stay, steps_of

POLAND = rule(
    "PL",
    Kind.MAX_ABSENCE,
    {"days": 30, "permit_kind": "temporary_protection", "consequence": "The status is lost."},
    whom="UA",
    legal_basis="permit",
)


def away(
    *stays: object, kind: str = "temporary_protection", since: str = "2022-05-01", until: str | None = None
) -> object:
    return person(*stays, nationalities=("UA",), permits=(permit("PL", kind, since, until),))


def left(on: object) -> object:
    return stay("PL", "2022-03-20", on, legal_basis="permit", nationality="UA")


def test_one_absence_may_last_thirty_days_and_travel_days_have_two_readings() -> None:
    back = deadline(position(away(left("2026-11-05")), (POLAND,), "2026-11-22"), Duty.RETURN)

    assert (back.due_on, back.alternative_on) == (day("2026-12-04"), day("2026-12-06"))
    assert back.country == "PL"


def test_who_left_between_two_days_may_have_left_on_the_first() -> None:
    back = deadline(position(away(left(between("2026-11-01", "2026-11-05"))), (POLAND,), "2026-11-22"), Duty.RETURN)

    assert back.due_on == day("2026-11-30")
    assert steps_of(back)[0] == "left_between"


def test_who_is_there_or_never_was_there_with_the_permit_need_not_return() -> None:
    assert not has_deadline(position(away(left(None)), (POLAND,), "2026-11-22"), Duty.RETURN)
    assert not has_deadline(position(away(), (POLAND,), "2026-11-22"), Duty.RETURN)
    before = away(left("2022-04-01"))
    assert not has_deadline(position(before, (POLAND,), "2026-11-22"), Duty.RETURN)


def test_where_no_exit_is_recorded_they_are_away_since_they_were_seen_elsewhere() -> None:
    germany = stay("DE", "2026-11-05", nationality="UA")
    earlier = stay("PL", "2022-03-20", "2024-06-01", legal_basis="permit", nationality="UA")
    again = stay("PL", "2024-06-10", legal_basis="permit", nationality="UA")

    for stays in ((left(None), germany), (earlier, again, germany)):
        assert deadline(position(away(*stays), (POLAND,), "2026-11-22"), Duty.RETURN).due_on == day("2026-12-04")


def test_who_may_have_left_may_be_away() -> None:
    planned = stay("DE", "2026-11-05", nationality="UA", planned=True)
    perhaps = left(between("2026-11-05", "2026-12-31"))

    for stays in ((left(None), planned), (perhaps,)):
        assert deadline(position(away(*stays), (POLAND,), "2026-11-22"), Duty.RETURN).due_on == day("2026-12-04")


def test_another_permit_or_one_that_has_ended_is_not_lost_by_absence() -> None:
    other = away(left("2026-11-05"), kind="temporary_residence")
    ended = away(left("2026-11-05"), until="2026-11-10")

    assert not has_deadline(position(other, (POLAND,), "2026-11-22"), Duty.RETURN)
    assert not has_deadline(position(ended, (POLAND,), "2026-11-22"), Duty.RETURN)


def test_where_all_absences_are_added_up_earlier_ones_count() -> None:
    added_up = rule(
        "PL", Kind.MAX_ABSENCE, {"days": 30, "consecutive": False, "consequence": "Lost."}, legal_basis="permit"
    )
    facts = away(
        stay("PL", "2026-01-01", "2026-03-01", legal_basis="permit", nationality="UA"),
        stay("PL", "2026-03-10", "2026-11-05", legal_basis="permit", nationality="UA"),
    )
    back = deadline(position(facts, (added_up,), "2026-11-22"), Duty.RETURN)

    # 1 to 10 March are ten of the thirty days.
    assert back.due_on == day("2026-11-24")
