from bench import timing


def test_both_sides_are_taken_in_turns() -> None:
    taken: list[str] = []

    compared = timing.compare(lambda: taken.append("ours"), lambda: taken.append("theirs"))

    assert compared.repetitions == timing.REPETITIONS
    assert taken == ["ours", "theirs"] * (1 + timing.REPETITIONS)


def test_a_quick_run_takes_each_side_once_more_than_warm() -> None:
    assert timing.compare(lambda: None, lambda: None, quick=True).repetitions == 1


def test_the_ratio_is_that_of_the_medians() -> None:
    assert timing.Compared(ours=0.5, theirs=2.0, repetitions=3).ratio == 0.25
