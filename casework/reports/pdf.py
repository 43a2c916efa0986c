"""PDF: pages of headings, lines and tables, in letters of every language that we write to people in.

The font lies beside this file, so that a page looks alike on every machine; only the letters that are used go into the file.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF

from casework.lib import day_words

from .table import HIDDEN, About, Column, Kind, Table, check_cell

TYPE = "application/pdf"
# A longer list serves nobody on paper, and all of it is held in memory.
MOST_ROWS = 5_000

FONTS = Path(__file__).parent / "fonts" / "dejavu-2.37"
FONT = "DejaVu"
MARGIN = 14.0
SMALL, USUAL, LARGE = 8.0, 10.0, 15.0
LINE = 1.35  # of the height of letters
MM = 25.4 / 72
GAP = 2.0  # between columns, in mm
WIDE = 90  # characters: more than stand beside each other on an upright page
GREY, PALE, BLACK = 110, 234, 0


class Paper:
    """Pages written from the top to the bottom. A line that does not fit goes to the next page."""

    def __init__(self, about: About, *, is_wide: bool = False, size: float = USUAL) -> None:
        self.about, self.size = about, size
        self._widths: dict[tuple[str, str, float], float] = {}
        self._pdf = _Pages(about, is_wide=is_wide)
        self._pdf.add_page()

    def title(self, text: str) -> None:
        self._pdf.start_section(_shown(text))
        self.line(text, size=self.size * LARGE / USUAL, bold=True, after=2)

    def heading(self, text: str) -> None:
        """A heading stays with what it is about: near the foot of a page it begins the next one."""
        self._make_room(self.size * 6 * MM)
        self._pdf.ln(2.5)
        self._pdf.start_section(_shown(text), level=1)
        self.line(text, size=self.size * 1.2, bold=True, after=1)

    def line(
        self,
        text: str,
        *,
        size: float | None = None,
        bold: bool = False,
        grey: bool = False,
        after: float = 1,
        indent: float = 0,
    ) -> None:
        """Write a paragraph across the page."""
        self._write(text, size or self.size, bold=bold, grey=grey, indent=indent)
        self._pdf.ln(after)

    def pair(self, label: str, value: str) -> None:
        """Write a label and what it stands for, beside each other."""
        left = self._width * 0.28
        self._columns([(label, left, True), (value, self._width - left, False)], self.size)

    def box(self, text: str, *, side: float) -> None:
        """Write a paragraph behind an empty box, to be ticked by hand."""
        height = self.size * LINE * MM
        self._make_room(max(side, height))
        pdf = self._pdf
        pdf.set_draw_color(BLACK)
        pdf.rect(pdf.l_margin, pdf.get_y() + 0.6, side, side)
        self._write(text, self.size, bold=True, indent=side + 3)

    def boxes(self, labels: Sequence[str], *, room_for: str = "") -> None:
        """Write answers behind empty boxes, beside each other; and a label with room to write up to the margin."""
        pdf, height = self._pdf, self.size * LINE * MM
        self._make_room(height + 2)
        self._set(self.size)
        pdf.set_draw_color(BLACK)
        side, x, y = self.size * MM, pdf.l_margin + pdf.c_margin, pdf.get_y()
        for label in labels:
            pdf.rect(x, y + (height - side) / 2, side, side)
            pdf.set_xy(x + side + 1, y)
            wide = self._measured(_shown(label)) + 8
            pdf.cell(wide, height, _shown(label))
            x += side + 1 + wide
        if room_for:
            self._line_to_margin(f"{room_for}:", x, y, height)
        pdf.set_xy(pdf.l_margin, y + height)
        pdf.ln(1.5)

    def room(self, label: str = "") -> None:
        """Write a label and a line beside it, to be filled in by hand; below a long label the line is another one."""
        pdf, height = self._pdf, self.size * LINE * MM * 1.5
        label = f"{label}:" if label else ""
        self._set(self.size)
        if self._measured(_shown(label)) > self._width * 0.6:
            self.line(label, after=0)
            label = ""
        self._make_room(height)
        self._set(self.size)
        y = pdf.get_y()
        self._line_to_margin(label, pdf.l_margin, y, height)
        pdf.set_xy(pdf.l_margin, y + height)
        pdf.ln(1)

    def gap(self) -> None:
        self._pdf.ln(self.size * MM * 0.4)

    def new_page(self) -> None:
        self._pdf.add_page()

    def _line_to_margin(self, label: str, x: float, y: float, height: float) -> None:
        pdf = self._pdf
        pdf.set_xy(x, y)
        wide = self._measured(_shown(label)) + 3 if label else 0
        if label:
            pdf.cell(wide, height, _shown(label))
        pdf.set_draw_color(BLACK)
        pdf.line(x + wide, y + height - 0.6, pdf.l_margin + self._width, y + height - 0.6)

    def rule(self) -> None:
        """Draw a line across the page."""
        pdf = self._pdf
        pdf.set_draw_color(GREY)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.l_margin + self._width, pdf.get_y())
        pdf.ln(1.5)

    def table(self, table: Table) -> int:
        """Write a table whose head comes back on every page; return how many rows it has."""
        columns, size = table.columns, self.size * SMALL / USUAL
        whole = sum(column.width for column in columns) or 1
        # The gap belongs to every column alike, so that a narrow one keeps room for its words.
        room = self._width - GAP * len(columns)
        widths = [GAP + room * column.width / whole for column in columns]
        heads = [(column.label, width, True) for column, width in zip(columns, widths, strict=True)]
        right = frozenset(number for number, column in enumerate(columns) if column.kind is Kind.NUMBER)

        def head() -> None:
            self._columns(heads, size, after=0.6, right=right)
            self.rule()

        self._make_room(size * 6 * MM)
        head()
        count = 0
        for row in table.rows:
            cells = [self._cell(column, value) for column, value in zip(columns, row, strict=True)]
            row_of_cells = [(text, width, False) for text, width in zip(cells, widths, strict=True)]
            self._columns(row_of_cells, size, on_page=head, right=right)
            count += 1
        self._pdf.ln(2)
        return count

    def finish(self) -> bytes:
        return bytes(self._pdf.output())

    @property
    def pages(self) -> int:
        return int(self._pdf.page_no())

    @property
    def _width(self) -> float:
        return float(self._pdf.epw)

    def _write(self, text: str, size: float, *, bold: bool = False, grey: bool = False, indent: float = 0) -> None:
        pdf, height = self._pdf, size * LINE * MM
        for line in self._wrapped(text, self._width - indent, size, bold=bold):
            self._make_room(height)
            self._set(size, bold=bold, grey=grey)
            pdf.set_x(pdf.l_margin + indent)
            pdf.cell(self._width - indent, height, line, new_x="LMARGIN", new_y="NEXT")

    def _columns(
        self,
        cells: Sequence[tuple[str, float, bool]],
        size: float,
        *,
        after: float = 1,
        on_page: Callable[[], None] | None = None,
        right: Collection[int] = (),
    ) -> None:
        """Write texts beside each other, each with its width and whether it is bold. `on_page` begins a new page.

        right: which of them, counted from 0, stand at the right of their width.
        """
        pdf, height = self._pdf, size * LINE * MM
        left = [self._wrapped(text, width - GAP, size, bold=bold) for text, width, bold in cells]
        while any(left):
            if pdf.will_page_break(height):
                pdf.add_page()
                if on_page is not None:
                    on_page()
            fit = max(1, int((pdf.page_break_trigger - pdf.get_y()) / height))
            top = pdf.get_y()
            x = pdf.l_margin
            for number, (_text, width, bold) in enumerate(cells):
                self._set(size, bold=bold)
                for place, line in enumerate(left[number][:fit]):
                    pdf.set_xy(x, top + place * height)
                    if number in right:
                        pdf.cell(width - GAP, height, line, align="R")
                    else:
                        pdf.cell(width, height, line)
                x += width
            pdf.set_xy(pdf.l_margin, top + max(len(lines[:fit]) for lines in left) * height)
            left = [lines[fit:] for lines in left]
        pdf.ln(after)

    def _cell(self, column: Column, value: Any) -> str:
        value = check_cell(column, value)
        if value is None:
            return ""
        if value is HIDDEN:
            return str(value)
        match column.kind:
            case Kind.DAY:
                return day_words.in_words(value, self.about.language)
            case Kind.INSTANT:
                return day_words.instant_in_words(value, self.about.language)
        return str(value)

    def _make_room(self, height: float) -> None:
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def _set(self, size: float, *, bold: bool = False, grey: bool = False) -> None:
        self._pdf.set_font(FONT, "B" if bold else "", size)
        self._pdf.set_text_color(GREY if grey else BLACK)

    def _wrapped(self, text: str, width: float, size: float, *, bold: bool) -> list[str]:
        """Return the text in lines that are not wider; a word that is wider than a line is broken."""
        self._set(size, bold=bold)
        found = []
        for paragraph in _shown(text).splitlines() or [""]:
            line = ""
            for word in self._fitting(paragraph.split(), width):
                longer = f"{line} {word}" if line else word
                if line and self._measured(longer) > width:
                    found.append(line)
                    longer = word
                line = longer
            found.append(line)
        return found

    def _fitting(self, words: Sequence[str], width: float) -> Iterable[str]:
        for word in words:
            rest = word
            while len(rest) > 1 and self._measured(rest) > width:
                fit = max(1, int(len(rest) * width / self._measured(rest)))
                while fit > 1 and self._measured(rest[:fit]) > width:
                    fit -= 1
                yield rest[:fit]
                rest = rest[fit:]
            yield rest

    def _measured(self, text: str) -> float:
        """Return the width of a text; single letters are measured once."""
        pdf = self._pdf
        key = (pdf.font_style, pdf.font_size_pt)
        total = 0.0
        for letter in text:
            known = self._widths.get((letter, *key))
            if known is None:
                known = self._widths[(letter, *key)] = float(pdf.get_string_width(letter))
            total += known
        return total


class _Pages(FPDF):
    """What stands on every page: the mark across it, and at its foot the title, the number and who made it."""

    def __init__(self, about: About, *, is_wide: bool) -> None:
        super().__init__("L" if is_wide else "P", format="A4")
        self.about = about
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 4)
        # What the file says of itself: no name of a person or of a machine.
        self.set_title(about.title)
        self.set_lang(about.language)
        self.set_creator("Casework")
        self.set_producer("Casework")
        self.set_creation_date(about.at.astimezone(dt.UTC))

    def header(self) -> None:
        if not self.about.mark:
            return
        place = self.get_x(), self.get_y()
        self.set_font(FONT, "B", 26)
        self.set_text_color(PALE)
        wide = self.get_string_width(_shown(self.about.mark))
        self.set_font_size(min(26, 26 * self.w / max(wide, 1)))
        wide = self.get_string_width(_shown(self.about.mark))
        for height in (0.3, 0.7):
            with self.rotation(30, self.w / 2, self.h * height):
                self.text((self.w - wide) / 2, self.h * height, _shown(self.about.mark))
        self.set_text_color(BLACK)
        self.set_xy(*place)

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FONT, "", 7)
        self.set_text_color(GREY)
        number = self.about.page % {"number": self.page_no(), "total": "{nb}"}
        left = " · ".join(part for part in (self.about.title, self.about.mark) if part)
        self.cell(self.epw * 0.8, 4, _shown(left))
        self.cell(self.epw * 0.2, 4, number, align="R")
        self.set_text_color(BLACK)


def pdf_of(tables: Sequence[Table], about: About) -> bytes:
    """Return tables as a file. Raises OverflowError for more rows than serve anybody on paper."""
    wide = max((sum(column.width for column in table.columns) for table in tables), default=0)
    paper = Paper(about, is_wide=wide > WIDE)
    paper.title(about.title)
    for note in about.notes:
        paper.line(note, grey=True)
    for table in tables:
        if len(tables) > 1:
            paper.heading(table.title)
        paper.table(Table(key=table.key, title=table.title, columns=table.columns, rows=_few(table.rows)))
    return paper.finish()


def _few(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise OverflowError(f"a PDF holds {MOST_ROWS} rows")
        yield row


def _shown(text: str) -> str:
    """Return what can be drawn: every kind of blank as one, and no letters that only steer programs."""
    return "".join(_drawn(letter) for letter in str(text))


def _drawn(letter: str) -> str:
    if letter == "\n" or letter.isprintable():
        return letter
    return " " if letter.isspace() else ""
