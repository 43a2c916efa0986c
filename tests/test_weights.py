"""The table of weights says the heaviest first and what is too heavy."""

from tests.weights import Weight, table


def test_the_heaviest_stands_first_with_what_it_may_weigh() -> None:
    said = table([Weight(name="light", weight=1024), Weight(name="heavy page", weight=21 * 1024)], title="Pages")

    assert said.splitlines() == [
        "Pages: 2, heaviest first, in KB compressed",
        "  heavy page    21.0 of 20  TOO HEAVY",
        "  light          1.0 of 20",
    ]


def test_a_long_table_says_how_many_are_left_out() -> None:
    said = table([Weight(name=f"page {number}", weight=number) for number in range(5)], title="Pages", most=2)

    assert [line.split()[:2] for line in said.splitlines()[1:]] == [["page", "4"], ["page", "3"], ["and", "3"]]
