from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.lifecycle.backups.keeping import ALL_OF_THE_LAST, kept, keys_kept
from casework.lifecycle.backups.plan import Keep

NOW = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)  # a Saturday


def nights(count: int, *, until: datetime = NOW) -> dict[str, datetime]:
    return {f"{until - timedelta(days=days):%Y%m%d}": until - timedelta(days=days) for days in range(count)}


def test_days_then_weeks_then_months_stay() -> None:
    stay = sorted(kept(nights(500), Keep(daily=3, weekly=3, monthly=3), now=NOW))

    # The last night of the month before, of the week before, and the last three.
    assert stay == ["20260930", "20261031", "20261115", "20261122", "20261126", "20261127", "20261128"]


def test_all_of_the_last_two_days_stay() -> None:
    by_hand = {f"hand-{hours}": NOW - timedelta(hours=hours) for hours in (1, 5, 30, 60)}

    assert kept(by_hand, Keep(daily=1, weekly=0, monthly=0), now=NOW) == {"hand-1", "hand-5", "hand-30"}


def test_the_newest_stays_however_old_it_is() -> None:
    old = nights(3, until=NOW - timedelta(days=900))

    assert kept(old, Keep(daily=1, weekly=0, monthly=0), now=NOW) == {max(old)}
    assert keys_kept(old, Keep(), now=NOW) == {max(old)}


def test_copies_of_keys_go_after_their_days() -> None:
    assert len(keys_kept(nights(90), Keep(keys_days=30), now=NOW)) == 30


@given(
    st.lists(st.integers(0, 800 * 24), unique=True, min_size=1),
    st.integers(1, 20),
    st.integers(0, 10),
    st.integers(0, 15),
)
def test_what_stays_is_never_nothing_and_never_more_than_was_asked_for(
    hours: list[int], daily: int, weekly: int, monthly: int
) -> None:
    made = {str(ago): NOW - timedelta(hours=ago) for ago in hours}

    stay = kept(made, Keep(daily=daily, weekly=weekly, monthly=monthly), now=NOW)

    recent = {name for name, at in made.items() if NOW - at <= ALL_OF_THE_LAST}
    assert str(min(hours)) in stay
    assert recent <= stay
    assert len(stay - recent) <= daily + weekly + monthly
    # Kept again the next second, nothing more goes.
    assert kept({name: made[name] for name in stay}, Keep(daily=daily, weekly=weekly, monthly=monthly), now=NOW) == stay
