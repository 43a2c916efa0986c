"""All check digits of a set of lines at once."""

from . import checks
from .layouts import Checked, Layout, Span


def number_of(lines: tuple[str, ...], layout: Layout) -> tuple[str, str, Span | None]:
    """Return the number of the document, its check digit, and the part of the optional data that it took, if it did.

    A number of more than nine characters goes on in the optional data of TD1 and TD2, and a filler stands where its check
    digit would: the rest, the digit, a filler (part 5, note j).
    """
    text, digit = layout.number.data.of(lines), layout.number.digit.of(lines)
    optional = layout.optional.of(lines)
    if not (layout.continues_number and digit == checks.FILLER and "<" not in text and optional[0] != checks.FILLER):
        return text, digit, None
    rest = optional.partition("<")[0]
    start = layout.optional.start
    return text + rest[:-1], rest[-1], Span(layout.optional.line, start, start + len(rest))


def composite_of(lines: tuple[str, ...], layout: Layout) -> str:
    return "".join(span.of(lines) for span in layout.composite)


def composite_fits(lines: tuple[str, ...], layout: Layout) -> bool:
    """Whether the digit over the whole document fits; visas have none."""
    if layout.composite_digit is None:
        return True
    digit = layout.composite_digit.of(lines)
    return checks.check_digit(composite_of(lines, layout)) == digit != ""


def optional_fits(lines: tuple[str, ...], layout: Layout) -> bool:
    if layout.optional_digit is None:
        return True
    return checks.fits(layout.optional.of(lines), layout.optional_digit.of(lines))


def fit_entirely(lines: tuple[str, ...], layout: Layout) -> bool:
    """Whether every check digit fits, that over the whole document included."""
    text, digit, _ = number_of(lines, layout)
    return (
        checks.fits(text, digit)
        and all(_fits(each, lines) for each in (layout.birth, layout.expiry))
        and optional_fits(lines, layout)
        and composite_fits(lines, layout)
    )


def first_doubt(line: str, number: int, layout: Layout) -> int:
    """Return the position, from 1, from which a line of the wrong width is in doubt: after the last check that fits."""
    lines = tuple(line.ljust(layout.width, "?") if at == number else "?" * layout.width for at in range(layout.lines))
    certain = 0
    for each in sorted((layout.number, layout.birth, layout.expiry), key=lambda checked: checked.data.start):
        if each.data.line != number:
            continue
        if not _fits(each, lines):
            break
        certain = each.digit.end
    return certain + 1


def _fits(checked: Checked, lines: tuple[str, ...]) -> bool:
    return checks.fits(checked.data.of(lines), checked.digit.of(lines))
