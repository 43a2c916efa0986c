"""What is typed stays text: typed into every box of every form, it never runs on a page, leads away, loads, or counts in a table."""

import csv
import io
import socket
import zipfile
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings

from casework.web.exports.case_parts import PARTS
from casework.web.exports.lists import LISTS
from tests.factories.clients import make_note
from tests.reports.payloads import PAYLOADS as FORMULAS
from tests.reports.test_csv import DANGEROUS

from .fuzz import Harvest
from .markup import MARK, dangers_in
from .office import OUR_ADDRESSES, come_in, open_office
from .payloads import MARKUP
from .storing import Typist, forms_to_fill

pytestmark = pytest.mark.django_db

# A formula between two pieces of markup, so that both come into boxes of every kind.
TEXTS = [text for pair in zip(MARKUP, (FORMULAS * 4)[: len(MARKUP)], strict=True) for text in pair]
PASSED_OVER = " \u00a0\u200b\ufeff\u2060"


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DEMO = True


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The names that anything in this process asked the network for."""
    asked: list[Any] = []
    look_up = socket.getaddrinfo

    def noted(host: Any, *others: Any, **more: Any) -> Any:
        asked.append(host)
        return look_up(host, *others, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    return asked


@pytest.fixture
def asked_for_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the proof of who it is last as long as this takes."""
    monkeypatch.setattr("casework.web.sign_in.step_up.FRESH_FOR", timedelta(hours=9))


@pytest.mark.parametrize(
    ("step", "pages"), [(6, 50), pytest.param(1, 450, marks=pytest.mark.slow)], ids=["some forms", "every form"]
)
def test_what_is_typed_anywhere_stays_text_everywhere(
    step: int, pages: int, looked_up: list[Any], asked_for_nothing_more: None
) -> None:
    office = open_office()
    chief = come_in(office.chief)
    harvest = Harvest()
    paths = [office.path(it) for it in OUR_ADDRESSES if not it.is_of_sign_in]
    harvest.gather(chief, paths[::step])
    typist = Typist(chief, TEXTS)
    forms = forms_to_fill(harvest)

    taken = [form.path for form in forms if typist.type_into(form)]
    for at in range(0, len(MARKUP), 8):  # each of them once at least, whatever the forms took
        make_note(office.file.case, by=office.chief, text="\n".join(MARKUP[at : at + 8]))
    log = f"/cases/{office.file.case.code}/log/"
    said = list(typist.walk([log, *dict.fromkeys(typist.onward), *paths], at_most=pages))
    files = exported(chief, office.file.case.code)
    shown = {each for page in said for each in MARK.findall(page)}
    everything = {each for text in MARKUP for each in MARK.findall(text)}

    assert typist.dangers == {}
    # 405: a form that another page takes is typed into where it is shown, too.
    assert typist.answers.keys() <= {200, 302, 303, 400, 403, 404, 405, 409}
    assert len(taken) >= len(forms) / 4, sorted({form.path for form in forms} - set(taken))
    assert shown == everything, sorted(everything - shown)
    assert formulas_in(files) == []
    assert len(files) > 2 * len(LISTS)
    assert {host for host in looked_up if host not in (None, "localhost", "127.0.0.1", "::1")} == set()


def exported(browser: Any, code: str) -> dict[str, bytes]:
    """Return every table that can be taken along."""
    asked = [(f"/exports/{key}/?status=any&state=any", {"format": shape}) for key in LISTS for shape in ("csv", "xlsx")]
    whole = {"parts": [part.key for part in PARTS], "purpose": "lawyer", "in_full": "on"}
    asked += [(f"/cases/{code}/export/", whole | {"format": shape}) for shape in ("xlsx", "zip")]
    models = ("jurisdiction", "nationalitygroup", "calendarday", "rule")
    asked += [(f"/admin/residency/{model}/export/", {"format": number}) for model in models for number in "01"]
    found = {}
    for number, (path, fields) in enumerate(asked):
        answer = browser.post(path, fields)
        assert answer.status_code == 200, (path, fields)
        assert "attachment" in answer.get("Content-Disposition", ""), (path, fields)
        name = answer["Content-Disposition"].split("filename=")[1].strip('"')
        found[f"{number}-{name}"] = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found


def formulas_in(files: dict[str, bytes]) -> list[tuple[str, str]]:
    found = []
    for name, content in files.items():
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found += formulas_in({f"{name}:{it}": archive.read(it) for it in archive.namelist()})
        elif name.endswith(".csv"):
            rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
            found += [
                (name, cell)
                for row in rows
                for cell in row
                if cell.lstrip(PASSED_OVER).startswith(DANGEROUS) and not is_number(cell)
            ]
        elif name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(content))
            cells = (cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
            found += [(name, str(cell.value)) for cell in cells if cell.data_type == "f"]
    return found


def is_number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()


def test_the_eye_for_markup_sees_what_is_not_escaped() -> None:
    """Where it stands bare on a page, most of it would run. The rest browsers read otherwise: they are asked themselves."""
    signs = ("<script", "<img", "<svg", "<iframe", "<base", "<style", "<x onclick", "<body", "<input a")
    markup = [text for text in MARKUP if any(sign in text for sign in signs)]
    unseen = [text for text in markup if not dangers_in(f"<p>{text}</p>")]

    assert len(markup) > 100
    assert len(unseen) < len(markup) / 8, unseen


def test_the_eye_for_markup_sees_what_leaves_an_attribute() -> None:
    assert dangers_in('<input value="" onfocus=alert(1) x="">')
    assert dangers_in('<a href="java\tscript:alert(1)">')
    assert dangers_in('<a href="//evil.example">')
    assert dangers_in('<a hx-get="//evil.example">')
    assert not dangers_in('<a href="/cases/" hx-get="/cases/?after=1"><input value="&quot; onfocus=alert(1)">')
