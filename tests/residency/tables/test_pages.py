"""Import and export in the admin: who may, what is shown before anything is written, what is left when it goes wrong."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.residency.actions.calendars import swap_days
from casework.residency.actions.rules import supersede_rule
from casework.residency.models import CalendarDay, Jurisdiction, NationalityGroup, Rule, Upload
from casework.residency.tables.files import CsvTable, read_table
from casework.residency.tables.rules import RuleTable
from casework.residency.tables.storage import SealedStorage
from casework.residency.tasks import forget_uploads
from tests.factories.accounts import make_user
from tests.factories.residency import make_jurisdiction, make_rule
from tests.factories.rules import make_draft

pytestmark = pytest.mark.django_db

MODELS = ("rule", "jurisdiction", "nationalitygroup", "calendarday")


def url(act: str, model: str = "rule", *args: Any) -> str:
    return reverse(f"admin:residency_{model}_{act}", args=args)


def signed_in(role: Role) -> Browser:
    browser = Browser()
    browser.force_login(make_user(role))
    return browser


@pytest.fixture
def editor() -> Browser:
    return signed_in(Role.POLICY_EDITOR)


def upload(browser: Browser, content: bytes, model: str = "rule", name: str = "table.csv") -> Any:
    return browser.post(url("import", model), {"import_file": SimpleUploadedFile(name, content)})


def confirm(browser: Browser, preview: Any, model: str = "rule") -> Any:
    return browser.post(url("import_confirm", model), preview.context["form"].initial)


def exported(**cells: Any) -> bytes:
    """All rules as CSV, the first with other values in some cells."""
    table = RuleTable().export(Rule.objects.order_by("pk"))
    rows = [dict(zip(table.headers, row, strict=True)) for row in table]
    rows[0] |= {name.replace("__", "."): value for name, value in cells.items()}
    table.wipe()
    table.headers = list(rows[0])
    for row in rows:
        table.append(list(row.values()))
    return CsvTable().export_data(table)


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())


@pytest.mark.parametrize("model", MODELS)
def test_an_editor_imports_and_exports_and_a_reviewer_exports(editor, model):
    reviewer = signed_in(Role.POLICY_REVIEWER)

    for browser in (editor, reviewer):
        assert browser.get(url("export", model)).status_code == 200
        assert "Export" in words(browser.get(url("changelist", model)))
    assert editor.get(url("import", model)).status_code == 200
    for address in (url("import", model), url("import_confirm", model), url("import_report", model, UUID(int=1))):
        assert (reviewer.get(address).status_code, reviewer.post(address).status_code) == (403, 403)
    assert url("import", model) not in reviewer.get(url("changelist", model)).content.decode()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.POLICY_EDITOR, Role.POLICY_REVIEWER}))
def test_nobody_else_does(role):
    browser = signed_in(role)

    for address in (url("export"), url("import"), url("import_confirm"), url("import_report", "rule", UUID(int=1))):
        assert browser.post(address, follow=True).status_code == 403


def test_the_export_holds_what_the_filtered_list_shows(editor):
    make_rule(country="KZ")
    make_rule(country="KG")
    make_draft(key="kz-draft", nationality="AM")

    response = editor.post(url("export") + "?place=KZ&state=held", {"format": "1", "resource": "0"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="rule-{timezone.localdate().isoformat()}.csv"' in response["Content-Disposition"]
    assert [row["key"] for row in read_table(response.content).dict] == ["kz-leave-consecutive-days"]


def test_the_export_is_a_workbook_if_that_is_asked_for(editor):
    make_rule(note="=1+1")

    response = editor.post(url("export"), {"format": "0", "resource": "0"})

    [row] = read_table(response.content).dict
    assert (row["note"], row["parameters.days"]) == ("'=1+1", 90)


def test_an_import_shows_each_cell_and_writes_on_confirmation(editor):
    rule = make_rule()

    preview = upload(editor, exported(parameters__days=60))

    assert "1 row would change something" in words(preview)
    assert f"Row 2 · New draft that replaces no. {rule.pk}" in words(preview)
    assert "parameters.days 90 60" in words(preview)
    assert not Rule.objects.drafts().exists()

    response = confirm(editor, preview)

    assert response["Location"] == url("changelist") + "?state=draft"
    assert Rule.objects.drafts().get().parameters == {"days": 60}
    assert "1 row imported." in words(editor.get(response["Location"]))
    assert not Upload.objects.exists()
    event = Event.objects.get(type="residency.table_imported")
    assert event.data == {"kind": "rule", "rows": 1}


def test_a_confirmation_counts_once(editor):
    make_rule()
    preview = upload(editor, exported(parameters__days=60))
    confirm(editor, preview)

    response = confirm(editor, preview)

    assert response["Location"] == url("import")
    assert "not waiting any more" in words(editor.get(response["Location"]))
    assert Rule.objects.drafts().count() == 1


def test_refusals_are_shown_with_row_and_column_and_nothing_can_be_confirmed(editor):
    make_rule()

    response = upload(editor, exported(parameters__days="many", jurisdiction="QQ"))

    assert "1 row is refused, so nothing can be imported." in words(response)
    assert "2 jurisdiction No country or zone here has the code “QQ”." in words(response)
    assert "2 parameters.days “many” is not a whole number." in words(response)
    assert url("import_confirm") not in response.content.decode()
    assert confirm(editor, response).status_code == 200
    assert not Rule.objects.drafts().exists()


def test_what_has_changed_since_the_preview_is_shown_again(editor):
    rule = make_rule()
    preview = upload(editor, exported(parameters__days=60))
    supersede_rule(rule=rule, by=make_user(Role.POLICY_EDITOR), now=timezone.now(), note="Meanwhile.")

    response = confirm(editor, preview)

    assert "Something has changed here since you looked." in words(response)
    assert [it.parameters for it in Rule.objects.drafts()] == [{"days": 90}]
    confirm(editor, response)
    assert [it.parameters for it in Rule.objects.drafts()] == [{"days": 60}]


def test_a_report_holds_every_cell_and_every_refusal(editor):
    make_rule()
    make_rule(country="KG")
    preview = upload(editor, exported(parameters__days=60))

    response = editor.get(preview.context["report_url"])

    rows = [tuple(row.values()) for row in read_table(response.content).dict]
    assert rows[0][1:5] == (
        "parameters.days",
        f"New draft that replaces no. {Rule.objects.earliest('pk').pk}",
        "90",
        "60",
    )
    assert rows[1][2] == "Nothing to do"
    refused = upload(editor, exported(jurisdiction="QQ"))
    assert "refused" in editor.get(refused.context["report_url"]).content.decode()


def test_the_file_waits_sealed_and_only_for_its_owner(editor):
    make_rule(note="An invented secret")
    preview = upload(editor, exported(parameters__days=60))

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM residency_upload")
        assert b"invented" not in bytes(cursor.fetchone()[0])
    other = signed_in(Role.POLICY_EDITOR)
    assert other.get(preview.context["report_url"]).status_code == 404
    assert confirm(other, preview)["Location"] == url("import")
    assert confirm(editor, preview, "jurisdiction")["Location"] == url("import", "jurisdiction")
    assert not Rule.objects.drafts().exists()


def test_nobody_takes_away_what_somebody_else_uploaded(editor):
    make_rule()
    upload(editor, exported(parameters__days=60))
    waiting = Upload.objects.get()

    SealedStorage(by=make_user(Role.POLICY_EDITOR), now=waiting.at, kind=waiting.name, name=str(waiting.pk)).remove()

    assert Upload.objects.get() == waiting


def test_the_file_is_gone_after_an_hour(editor):
    make_rule()
    preview = upload(editor, exported(parameters__days=60))
    Upload.objects.update(at=timezone.now() - timedelta(minutes=61))

    assert confirm(editor, preview)["Location"] == url("import")
    forget_uploads()
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The submitted file is empty."),
        (b"key,wrong\n1,2\n", "There is no such column: wrong."),
        (b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        ("ключ\nа\n".encode("cp1251"), "it is not UTF-8"),
        (b"x" * 2_600_000, "larger than 2.5 MB"),
    ],
)
def test_a_broken_file_is_refused_on_the_page(editor, content, said):
    response = upload(editor, content)

    assert said in words(response) or "The file is empty." in words(response)
    assert not Upload.objects.exists()


def test_no_file_is_asked_for(editor):
    assert "Choose a file." in words(editor.post(url("import"), {}))


@pytest.mark.parametrize("model", MODELS)
def test_places_go_out_and_in_again_unchanged(editor, model):
    _places()
    content = editor.post(url("export", model), {"format": "1", "resource": "0"}).content

    if model == "rule":
        return
    assert "Nothing to do: the table says what is held here." in words(upload(editor, content, model))


def test_half_of_a_swap_is_not_turned_round_by_a_table(editor):
    place = make_jurisdiction()
    swap_days(
        place=place,
        worked=date(2026, 12, 12),
        off=date(2026, 12, 10),
        by=make_user(Role.POLICY_EDITOR),
        now=timezone.now(),
        reason="Invented.",
    )
    content = editor.post(url("export", "calendarday"), {"format": "1", "resource": "0"}).content

    response = upload(editor, content.replace(b"2026-12-10,no", b"2026-12-10,yes"), "calendarday")

    assert "the whole row This day is swapped with another one. Take the swap back first." in words(response)


def test_groups_and_countries_are_added_and_changed(editor):
    _places()

    preview = upload(editor, b'code,name,nationalities\nEAEU,EAEU,"AM, BY"\nCIS,CIS,"AM; TJ"\n', "nationalitygroup")
    confirm(editor, preview, "nationalitygroup")

    assert {it.code: it.nationalities for it in NationalityGroup.objects.all()} == {
        "EAEU": ["AM", "BY"],
        "CIS": ["AM", "TJ"],
    }
    preview = upload(editor, b"code,kind,name,time_zone\nRS,country,,Europe/Belgrade\n", "jurisdiction")
    confirm(editor, preview, "jurisdiction")
    assert Jurisdiction.objects.get(pk="RS").time_zone == "Europe/Belgrade"
    assert Event.objects.filter(type="residency.place_changed").count() == 3


@pytest.mark.parametrize(
    ("model", "content", "said"),
    [
        (
            "jurisdiction",
            "code,kind,name,time_zone\nQQ,country,,Asia/Almaty\n",
            "code This is not the code of a country",
        ),
        ("jurisdiction", "code,kind,name,time_zone\nRS,country,,\n", "time_zone Choose the time zone"),
        (
            "jurisdiction",
            "code,kind,name,time_zone\nRS,planet,,\n",
            "kind “planet” is not known here. Choose from: country, zone.",
        ),
        ("nationalitygroup", "code,name,nationalities\nX,X,ZZZ\n", "nationalities Select a valid choice. ZZZ"),
        (
            "calendarday",
            "jurisdiction,day,is_working_day,reason,source_title,source_url,source_read_on\nKZ,1889-01-01,no,x\n",
            "day Working days are known from 1990 to 2100.",
        ),
        (
            "calendarday",
            "jurisdiction,day,is_working_day,reason,source_title,source_url,source_read_on\nKZ,05/06/2026,no,x\n",
            "Which day is “05/06/2026”",
        ),
        (
            "calendarday",
            "jurisdiction,day,is_working_day,reason,source_title,source_url,source_read_on\nKZ,2026-05-06,maybe,x\n",
            "neither yes nor no",
        ),
        (
            "calendarday",
            "jurisdiction,day,is_working_day,reason,source_title,source_url,source_read_on\nKZ,2026-05-06,no,\n",
            "reason This field is required.",
        ),
        (
            "calendarday",
            "jurisdiction,day,is_working_day,reason,source_title,source_url,source_read_on\nKZ,2026-05-06,no,x\nKZ,6.5.2026,yes,y\n",
            "Row 2 is about the same.",
        ),
    ],
)
def test_a_place_is_refused_beside_its_column(editor, model, content, said):
    make_jurisdiction()

    response = upload(editor, content.encode(), model)

    assert said in words(response)
    assert not CalendarDay.objects.exists()


def _places() -> None:
    make_jurisdiction()
    NationalityGroup.objects.create(code="EAEU", name="EAEU", nationalities=["AM", "BY", "KZ"])
    CalendarDay.objects.create(jurisdiction_id="KZ", day=date(2026, 5, 8), is_working_day=False, reason="Invented.")
