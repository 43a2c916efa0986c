"""From what was typed or pasted to lines of the right width: spaces, small letters, other quotation marks and alphabets."""

import html
import re
import unicodedata
from dataclasses import dataclass

from . import problems as say
from .checks import ALLOWED, UNREADABLE
from .layouts import LAYOUTS, Layout, layout_for
from .matching import first_doubt, fit_entirely
from .problems import Params, Problem

LONGEST = 1_000
FEWEST_K = 3

_FILLERS = {"«": "<<", "»": "<<", "≪": "<<", "≫": "<<"} | dict.fromkeys("‹›>⟨⟩〈〉˂˃❮❯ᐸᐳ", "<")
# Cyrillic and Greek capitals that look like a Latin one.
_LOOK_ALIKES = dict(zip("АВЕКМНОРСТУХІЈЅԚԜ", "ABEKMHOPCTYXIJSQW", strict=True)) | dict(
    zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)
)
_ENDING_OF_K = re.compile(rf"<[<K]*K{{{FEWEST_K},}}[<K]*$|K{{{FEWEST_K + 1},}}$")


@dataclass(frozen=True, slots=True)
class Tidied:
    """Lines of the width of their layout; a line that cannot be had holds `?` throughout. No layout: nothing can be read."""

    layout: Layout | None = None
    lines: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def tidy(text: str) -> Tidied:
    """Return the lines that `text` holds, and what was done to them."""
    if len(text) > LONGEST:
        return Tidied(problems=(Problem(say.TOO_MUCH),))
    problems: list[Problem] = []
    lines = [line for line in map(_without_spaces, html.unescape(text).splitlines()) if line]
    lines = [_in_latin(line, number, problems) for number, line in enumerate(lines, start=1)]
    if not lines:
        return Tidied(problems=(Problem(say.NOTHING),))
    lines = _cut(lines)
    layout = _layout_of(lines)
    if layout is None:
        return Tidied(problems=(*problems, _no_shape(lines)))
    widened = _widened(tuple(lines), layout, problems)
    return Tidied(layout, widened, tuple(problems))


def _without_spaces(line: str) -> str:
    kept = (each for each in unicodedata.normalize("NFKC", line) if unicodedata.category(each)[0] not in "ZC")
    return "".join(kept)


def _in_latin(line: str, number: int, problems: list[Problem]) -> str:
    """Return a line of the characters that can stand in it; what is none of them becomes `?` and is said."""
    read, count = "", 0
    foreign: Params | None = None
    stray: Params | None = None
    for character in line:
        upper = character.upper() if len(character.upper()) == 1 else character
        place: Params = {"line": number, "position": len(read) + 1, "character": character}
        if upper in ALLOWED:
            read += upper
        elif upper in _FILLERS:
            read += _FILLERS[upper]
        elif upper in _LOOK_ALIKES:
            count, foreign = count + 1, foreign or place | {"latin": _LOOK_ALIKES[upper]}
            read += _LOOK_ALIKES[upper]
        elif character.isdecimal():
            read += str(unicodedata.decimal(character))
        else:
            stray = stray or place
            read += UNREADABLE
    if foreign:
        problems.append(Problem(say.ALPHABET, "corrected", params=foreign | {"count": count}))
    if stray:
        problems.append(Problem(say.STRAY, params=stray))
    return read


def _cut(lines: list[str]) -> list[str]:
    """Return lines whose breaks were lost, or set elsewhere, cut to the only width that they fit."""
    whole = "".join(lines)
    for layout in LAYOUTS:
        is_whole = len(whole) == layout.lines * layout.width
        if is_whole and len(lines) != layout.lines and whole[0] in layout.begins_with:
            return [whole[at : at + layout.width] for at in range(0, len(whole), layout.width)]
    return lines


def _layout_of(lines: list[str]) -> Layout | None:
    """Return the layout that lines of about this number and width have."""
    if len(lines) == 3:
        return layout_for(3, 30, lines[0][0])
    if len(lines) != 2:
        return None
    widths = [len(line) for line in lines]
    if all(abs(width - 30) <= 2 for width in widths) and lines[0][0] in "IAC" and 36 not in widths:
        return None
    return layout_for(2, 44 if max(widths) >= 41 else 36, lines[0][0])


def _no_shape(lines: list[str]) -> Problem:
    count = sum(map(len, lines))
    if len(lines) == 1 and count <= 50:
        return Problem(say.ONE_LINE, params={"count": count})
    if len(lines) == 2 and max(map(len, lines)) <= 32:
        return Problem(say.THIRD_LINE)
    return Problem(say.WRONG_SHAPE, params={"count": count, "lines": len(lines)})


def _widened(lines: tuple[str, ...], layout: Layout, problems: list[Problem]) -> tuple[str, ...]:
    """Return all lines at their width. What fills a name up to its end is certain; within a line, check digits prove it."""
    named = layout.names.line
    lines = (*lines[:named], _name_line(lines[named], named + 1, layout, problems), *lines[named + 1 :])
    for number, line in enumerate(lines):
        if len(line) == layout.width:
            continue
        params: Params = {"line": number + 1, "count": len(line), "width": layout.width}
        repaired = _repaired(lines, number, layout)
        if repaired:
            lines = repaired
            problems.append(Problem(say.FILLERS, "corrected", params=params))
            continue
        position = first_doubt(line, number, layout)
        problems.append(
            Problem(say.NAME_WIDTH, params=params)
            if number == named
            else Problem(say.LINE_WIDTH, params=params | {"position": position})
        )
        lines = (*lines[:number], UNREADABLE * layout.width, *lines[number + 1 :])
    return lines


def _name_line(line: str, number: int, layout: Layout, problems: list[Problem]) -> str:
    """Return the line with the name, with as many fillers at its end as belong there."""
    if ending := _ENDING_OF_K.search(line):
        line = line[: ending.start()].ljust(len(line), "<")
        problems.append(Problem(say.NAME_FILLERS, "corrected", "family_name", {"line": number}))
    bare = line.rstrip("<")
    if len(line) == layout.width or len(bare) > layout.width or not bare:
        return line
    params: Params = {"line": number, "count": len(line), "width": layout.width}
    problems.append(Problem(say.FILLERS, "corrected", params=params))
    return bare.ljust(layout.width, "<")


def _repaired(lines: tuple[str, ...], number: int, layout: Layout) -> tuple[str, ...] | None:
    """Return the lines with fillers added to or taken from one run of them, if one way only makes every digit fit."""
    line = lines[number]
    missing = layout.width - len(line)
    found = set()
    if abs(missing) > layout.width // 2 or layout.composite_digit is None:
        return None
    for run in re.finditer("<+", line):
        if len(run[0]) + missing >= 0:
            changed = line[: run.start()] + "<" * (len(run[0]) + missing) + line[run.end() :]
            candidate = (*lines[:number], changed, *lines[number + 1 :])
            if all(len(each) == layout.width for each in candidate) and fit_entirely(candidate, layout):
                found.add(candidate)
    return found.pop() if len(found) == 1 else None
