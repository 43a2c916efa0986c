"""Taking one case along: what is ticked, for a purpose, on record."""

import io
import zipfile
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case
from tests.factories.accounts import make_user
from tests.factories.residency import make_permit, make_rule, make_stay
from tests.web.cases.pages import World, make_world, signed_in

from .files import content_of

pytestmark = pytest.mark.django_db

ALL = ["people", "deadlines", "stays", "documents", "papers", "contacts", "addresses", "notes"]


@pytest.fixture
def world() -> World:
    make_rule(parameters={"days": 30})
    found = make_world()
    make_stay(found.client, by=found.worker, now=timezone.now())
    make_permit(found.client, by=found.worker)
    return found


def take(world: World, browser: Any = None, **asked: Any) -> Any:
    known = {"parts": ALL[:5], "purpose": "lawyer", "format": "xlsx"}
    return (browser or world.browser).post(reverse("export_case", args=[world.case.code]), known | asked)


def sheets(answer: Any) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content_of(answer)))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_it_asks_first_and_leaves_sensitive_parts_unticked(world: World) -> None:
    page = world.browser.get(reverse("export_case", args=[world.case.code]))

    assert page.context["form"].fields["parts"].initial == ALL[:5]
    assert "What for" in page.content.decode()
    assert not Event.objects.filter(type="reports.case_exported").exists()


def test_without_names_people_appear_by_initials(world: World) -> None:
    found = sheets(take(world))

    [person] = found["People"][1:]
    assert person[:2] == (world.client.reference, "В. О.")
    assert world.client.family_name not in str(found)
    assert [title[:9] for title in found] == ["About thi", "People", "Deadlines", "Stays", "Documents", "Permits, "]


def test_in_full_it_has_names_and_what_is_ticked(world: World) -> None:
    found = sheets(take(world, in_full="on", parts=ALL))

    assert found["People"][1][1] == world.client.full_name
    assert found["How to reach them"][1][2] == "+996 555 012345"
    assert "ул. Придуманная, 1" in found["Addresses"][1]
    assert found["Notes"][1][4] == str(world.note.text)
    assert "Entered Kazakhstan on 1 Nov 2026" in found["Deadlines"][1][6]


def test_what_is_not_ticked_is_not_in_it(world: World) -> None:
    found = str(sheets(take(world, in_full="on")))

    for secret in ("+996 555 012345", "Придуманная", str(world.note.text)):
        assert secret not in found


def test_text_tables_come_in_one_archive(world: World) -> None:
    archive = zipfile.ZipFile(io.BytesIO(content_of(take(world, format="zip", parts=["people", "contacts"]))))

    assert archive.namelist() == ["about.csv", "people.csv", "contacts.csv"]
    assert '"\'+996 555 012345"' in archive.read("contacts.csv").decode()


def test_on_paper_each_page_says_who_took_it_and_what_for(world: World) -> None:
    document = pypdfium2.PdfDocument(content_of(take(world, format="pdf", parts=ALL, in_full="on")))
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())

    assert f"Case {world.case.code}" in text
    assert "Purpose: for a lawyer" in text
    assert text.count("Test Worker · ") >= 3 * len(document)
    assert world.client.full_name in text


def test_it_is_on_record_with_codes_alone(world: World) -> None:
    take(world, purpose="handover", in_full="on")

    event = Event.objects.get(type="reports.case_exported")
    assert event.data == {"parts": ALL[:5], "purpose": "handover", "format": "xlsx", "in_full": True}
    assert event.case_id == world.case.pk


@pytest.mark.parametrize("wrong", [{"purpose": ""}, {"parts": []}, {"parts": ["secrets"]}, {"format": "docx"}])
def test_what_is_missing_is_asked_for_and_nothing_leaves(world: World, wrong: dict[str, Any]) -> None:
    answer = take(world, **wrong)

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not Event.objects.filter(type="reports.case_exported").exists()


def test_who_may_not_see_the_case_takes_nothing(world: World) -> None:
    colleague = signed_in(make_user(team=world.team))
    Case.objects.filter(pk=world.case.pk).update(restricted=True)

    assert take(world, colleague).status_code == 404
    assert take(world, signed_in(make_user())).status_code == 404
    assert take(world, signed_in(make_user(Role.ADMINISTRATOR))).status_code == 403
