"""An editor's tables and calendars in a real browser, under the strict policy for scripts and styles, on a phone and at a desk."""

import csv
import io

import pytest

from casework.accounts.roles import Role
from casework.residency.models import CalendarDay, Rule
from tests.browser import DESK, PHONE
from tests.factories.accounts import PASSWORD, make_user
from tests.factories.residency import make_rule
from tests.journeys.conftest import Visit
from tests.journeys.people import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_an_editor_takes_a_rule_out_changes_a_cell_and_takes_it_in(visit: Visit, screen: dict[str, int]) -> None:
    make_rule(note="Counted from the border crossing.")
    visitor = signed_in(visit(viewport=screen), make_user(Role.POLICY_EDITOR))
    page = visitor.page

    visitor.go("/admin/residency/rule/export/")
    page.select_option("[name=format]", label="csv")
    with page.expect_download() as download:
        page.click("input[type=submit].default")
    table = download.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    rows[0]["parameters.days"] = "60"

    visitor.go("/admin/residency/rule/import/")
    _choose(page, "rule.csv", _csv(rows))
    visitor.press("Show what would change", within="#content")
    assert page.locator("del").all_inner_texts() == ["90"]
    assert page.locator("ins").all_inner_texts() == ["60"]
    visitor.press("Import these rows", within="#content")

    assert "1 row imported." in page.locator(".messagelist").inner_text()
    assert Rule.objects.drafts().get().parameters == {"days": 60}


def test_refusals_are_read_beside_their_row_and_column_in_russian(visit: Visit) -> None:
    make_rule()
    editor = make_user(Role.POLICY_EDITOR, language="ru")
    visitor = visit(locale="ru-RU").go("/account/login/").fill(login=editor.email, password=PASSWORD).press("Войти")
    page = visitor.page

    visitor.go("/admin/residency/rule/import/")
    _choose(page, "rule.csv", "ключ;дней\n1;2\n".encode("cp1251"))
    visitor.press("Показать, что изменится", within="#content")
    assert "это не UTF-8" in page.locator(".errorlist").inner_text()
    _choose(page, "groups.csv", b"code,name\nX,Y\n")
    visitor.press("Показать, что изменится", within="#content")
    assert "Таких столбцов нет: code, name" in page.locator(".errorlist").inner_text()


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_an_editor_swaps_two_days_and_takes_them_back(visit: Visit, screen: dict[str, int]) -> None:
    make_rule()
    visitor = signed_in(visit(viewport=screen), make_user(Role.POLICY_EDITOR))

    visitor.go("/rules/KZ/calendar/2026/").follow("Swap two days")
    for name, day in {"worked": "12", "off": "10"}.items():
        visitor.fill(**{f"{name}_day": day, f"{name}_month": "December", f"{name}_year": "2026"})
    visitor.fill(reason="Invented decree", source_title="Decree 1")
    visitor.fill(source_read_on_day="1", source_read_on_month="11", source_read_on_year="2026")
    visitor.press("Swap these days")

    assert "The days are swapped." in visitor.text
    assert visitor.page.locator(".cal-worked.cal-ours").inner_text().startswith("12")
    visitor.follow("Take back").press("Take back")
    assert not CalendarDay.objects.exists()


def test_a_calendar_prints_on_paper(visit: Visit) -> None:
    make_rule()
    visitor = signed_in(visit(viewport=DESK), make_user(Role.POLICY_EDITOR)).go("/rules/KZ/calendar/2026/")

    visitor.page.emulate_media(media="print")

    assert visitor.page.locator(".calendar-month:visible").count() == 12
    assert visitor.page.locator("text=State exceptional days").is_hidden()


def _choose(page: object, name: str, content: bytes) -> None:
    page.set_input_files(  # type: ignore[attr-defined]
        "[name=import_file]", files=[{"name": name, "mimeType": "text/csv", "buffer": content}]
    )


def _csv(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
