"""XLSX, written while the rows come in.

The library that reads workbooks for us writes each sheet to a temporary file first, in the open. These files are about people, so
nothing of them may lie on a disk: here the parts go straight into the archive, and the archive wherever it is asked for, with
memory that does not grow. Texts are inline strings, which no program takes for a formula.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .table import HIDDEN, About, Column, Kind, Table, check_cell

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576  # of a sheet
MOST_CHARACTERS = 32_767  # of a cell
LONGEST_TITLE = 31  # of a sheet
WIDEST = 60
CUT = " […]"

# Styles of cells, by their place in _STYLES.
_PLAIN, _HEAD, _TEXT, _DAY, _INSTANT, _HXL = range(6)
# Programs count days from the end of 1899, and take 1900 for a leap year; what is older is written as text.
_FIRST, _FIRST_COUNTED = dt.date(1899, 12, 30), dt.date(1900, 3, 1)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Programs read this as the letter with that number, so it is written as one whose underscore is.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NO_TITLE = re.compile(r"[\[\]:*?/\\]")

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD_OF_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class _Pieces(io.RawIOBase):
    """Takes what an archive writes, and hands it on; it cannot be gone back in."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._held.append(bytes(piece))
        return len(self._held[-1])

    def taken(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


def xlsx_pieces(tables: Sequence[Table], about: About, *, with_hxl: bool = False) -> Iterator[bytes]:
    """Yield the workbook piece by piece, a sheet for each table."""
    titles = sheet_titles([table.title for table in tables])
    out = _Pieces()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
    _put(archive, "[Content_Types].xml", _content_types(len(tables)), about)
    _put(archive, "_rels/.rels", _root_links(), about)
    _put(archive, "docProps/core.xml", _properties(about), about)
    _put(archive, "xl/workbook.xml", _workbook(titles), about)
    _put(archive, "xl/_rels/workbook.xml.rels", _workbook_links(len(tables)), about)
    _put(archive, "xl/styles.xml", _STYLES, about)
    for number, table in enumerate(tables, start=1):
        with archive.open(_named(f"xl/worksheets/sheet{number}.xml", about), "w") as part:
            for text in _sheet(table, about, with_hxl=with_hxl and table.has_hxl):
                part.write(text.encode())
                if piece := out.taken():
                    yield piece
    archive.close()
    yield out.taken()


def sheet_titles(titles: Iterable[str]) -> list[str]:
    """Return titles that a workbook takes: short, without the letters it keeps for itself, each once."""
    found: list[str] = []
    for title in titles:
        wanted = _NO_TITLE.sub(" ", _clean(title)).strip(" '")[:LONGEST_TITLE] or "Sheet"
        chosen, number = wanted, 2
        while chosen.casefold() in {each.casefold() for each in found}:
            ending = f" {number}"
            chosen, number = wanted[: LONGEST_TITLE - len(ending)] + ending, number + 1
        found.append(chosen)
    return found


def _named(name: str, about: About) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, about.at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _put(archive: zipfile.ZipFile, name: str, text: str, about: About) -> None:
    archive.writestr(_named(name, about), _HEAD_OF_XML + text)


def _sheet(table: Table, about: About, *, with_hxl: bool) -> Iterator[str]:
    yield _HEAD_OF_XML + _before_rows(table)
    heads = [_text(column.label, _HEAD, _place(number, 1)) for number, column in enumerate(table.columns)]
    yield f'<row r="1">{"".join(heads)}</row>'
    last = 1
    if with_hxl:
        last = 2
        tags = [_text(column.hxl, _HXL, _place(number, 2)) for number, column in enumerate(table.columns)]
        yield f'<row r="2">{"".join(tags)}</row>'
    for row in table.rows:
        last += 1
        if last > MOST_ROWS:
            raise OverflowError(f"a sheet holds {MOST_ROWS} rows")
        cells = [
            _cell(column, value, _place(number, last))
            for number, (column, value) in enumerate(zip(table.columns, row, strict=True))
        ]
        yield f'<row r="{last}">{"".join(cells)}</row>'
    yield _after_rows(table, about, last)


def _before_rows(table: Table) -> str:
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{min(column.width, WIDEST)}" customWidth="1"/>'
        for number, column in enumerate(table.columns, start=1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{columns}</cols><sheetData>"
    )


def _after_rows(table: Table, about: About, last: int) -> str:
    is_wide = sum(min(column.width, WIDEST) for column in table.columns) > 90
    foot = escape(f"&L{_in_foot(table.title)}&C{_in_foot(about.mark)}&R&P / &N")
    return (
        f'</sheetData><autoFilter ref="A1:{_place(len(table.columns) - 1, last)}"/>'
        '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" orientation="{"landscape" if is_wide else "portrait"}" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter><oddFooter>{foot}</oddFooter></headerFooter></worksheet>"
    )


def _cell(column: Column, value: Any, place: str) -> str:
    value = check_cell(column, value)
    if value is None:
        return ""
    if value is HIDDEN:
        return _text(str(value), _TEXT, place)
    match column.kind:
        case Kind.NUMBER:
            return f'<c r="{place}" s="{_PLAIN}"><v>{value}</v></c>'
        case Kind.DAY if value >= _FIRST_COUNTED:
            return f'<c r="{place}" s="{_DAY}"><v>{(value - _FIRST).days}</v></c>'
        case Kind.INSTANT:
            days = (value.date() - _FIRST).days + (value.hour * 60 + value.minute) / 1440
            return f'<c r="{place}" s="{_INSTANT}"><v>{days:.10f}</v></c>'
    return _text(str(value), _TEXT, place)


def _text(text: str, style: int, place: str) -> str:
    if len(text) > MOST_CHARACTERS:
        text = text[: MOST_CHARACTERS - len(CUT)] + CUT
    # A carriage return of its own would be read back as a line break.
    shown = escape(_LOOKS_ESCAPED.sub("_x005F_", _clean(text)), {"\r": "&#13;"})
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def _in_foot(text: str) -> str:
    return _clean(text).replace("&", "&&")


def _place(column: int, row: int) -> str:
    """Return e.g. "C7" for the third column (counted from 0) and the seventh row (from 1)."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def _content_types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{kind}.worksheet+xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        f"{sheets}</Types>"
    )


def _root_links() -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        "</Relationships>"
    )


def _properties(about: About) -> str:
    """Return what the file says of itself: no name of a person or of a machine."""
    made = about.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(_clean(about.title))}</dc:title><dc:creator>Casework</dc:creator>"
        f"<dc:language>{escape(about.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created></cp:coreProperties>'
    )


def _workbook(titles: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in enumerate(titles, start=1)
    )
    # The first row is printed on every page.
    names = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">{escape(_quoted(title))}!$1:$1</definedName>'
        for number, title in enumerate(titles)
    )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets>'
        f"<definedNames>{names}</definedNames></workbook>"
    )


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _workbook_links(count: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, count + 1)
    )
    styles = f'<Relationship Id="rId{count + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{sheets}{styles}</Relationships>'


_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font>'
    '<font><i/><sz val="9"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top"/></xf>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top"/></xf>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1">'
    '<alignment vertical="top"/></xf>'
    '<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    "</cellXfs>"
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
