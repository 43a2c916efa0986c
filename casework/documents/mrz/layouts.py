"""Where each datum stands in the lines: ICAO Doc 9303 parts 4 (TD3), 5 (TD1), 6 (TD2) and 7 (visas)."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a line. Lines and positions count from 0, the end is excluded; sentences count from 1."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...]) -> str:
        return lines[self.line][self.start : self.end]

    def put(self, lines: tuple[str, ...], text: str) -> tuple[str, ...]:
        """Return the lines with `text` in place of this part, which has the same length."""
        line = lines[self.line]
        changed = line[: self.start] + text + line[self.end :]
        return (*lines[: self.line], changed, *lines[self.line + 1 :])

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Checked:
    """A datum with the digit that checks it. That digit may be a filler where the datum is left blank."""

    data: Span
    digit: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    name: str
    lines: int
    width: int
    begins_with: str
    names: Span
    number: Checked
    nationality: Span
    birth: Checked
    sex: Span
    expiry: Checked
    # Holds the rest of a number of more than nine characters (TD1 and TD2), or else what the state likes.
    optional: Span
    optional_digit: Span | None = None
    continues_number: bool = False
    composite: tuple[Span, ...] = ()
    composite_digit: Span | None = None

    code = Span(0, 0, 2)
    issuer = Span(0, 2, 5)


def _of_two_lines(name: str, width: int, *, begins_with: str, optional: Span) -> Layout:
    """Return a layout of two lines: all of them agree but for what follows the last day of validity."""
    return Layout(
        name=name,
        lines=2,
        width=width,
        begins_with=begins_with,
        names=Span(0, 5, width),
        number=Checked(Span(1, 0, 9), Span(1, 9, 10)),
        nationality=Span(1, 10, 13),
        birth=Checked(Span(1, 13, 19), Span(1, 19, 20)),
        sex=Span(1, 20, 21),
        expiry=Checked(Span(1, 21, 27), Span(1, 27, 28)),
        optional=optional,
    )


TD3 = replace(
    _of_two_lines("TD3", 44, begins_with="P", optional=Span(1, 28, 42)),
    optional_digit=Span(1, 42, 43),
    composite=(Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 43)),
    composite_digit=Span(1, 43, 44),
)
TD2 = replace(
    _of_two_lines("TD2", 36, begins_with="PIAC", optional=Span(1, 28, 35)),
    continues_number=True,
    composite=(Span(1, 0, 10), Span(1, 13, 20), Span(1, 21, 35)),
    composite_digit=Span(1, 35, 36),
)
MRV_A = _of_two_lines("MRV-A", 44, begins_with="V", optional=Span(1, 28, 44))
MRV_B = _of_two_lines("MRV-B", 36, begins_with="V", optional=Span(1, 28, 36))
TD1 = Layout(
    name="TD1",
    lines=3,
    width=30,
    begins_with="IAC",
    names=Span(2, 0, 30),
    number=Checked(Span(0, 5, 14), Span(0, 14, 15)),
    nationality=Span(1, 15, 18),
    birth=Checked(Span(1, 0, 6), Span(1, 6, 7)),
    sex=Span(1, 7, 8),
    expiry=Checked(Span(1, 8, 14), Span(1, 14, 15)),
    optional=Span(0, 15, 30),
    continues_number=True,
    composite=(Span(0, 5, 30), Span(1, 0, 7), Span(1, 8, 15), Span(1, 18, 29)),
    composite_digit=Span(1, 29, 30),
)
LAYOUTS = (TD3, TD2, TD1, MRV_A, MRV_B)


def layout_for(lines: int, width: int, first: str) -> Layout | None:
    """Return the layout of so many lines of that width. Passports and visas differ by their first letter only."""
    fitting = [each for each in LAYOUTS if (each.lines, each.width) == (lines, width)]
    begun = [each for each in fitting if first in each.begins_with]
    return next(iter(begun or fitting), None)
