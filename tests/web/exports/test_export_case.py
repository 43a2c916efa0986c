"""Taking one case along: what is ticked, for a purpose, on record."""

import io
import zipfile
from datetime import time, timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import assign_case, plan_appointment
from tests.factories.accounts import make_user
from tests.factories.clients import hide
from tests.factories.needs import make_need, make_service
from tests.factories.referrals import make_referral
from tests.factories.residency import make_deadline, make_permit, make_rule, make_stay
from tests.factories.safety import make_consent
from tests.web.cases.pages import World, make_world, signed_in

from .files import content_of

pytestmark = pytest.mark.django_db

ALL = ["people", "deadlines", "stays", "documents", "papers", "contacts", "addresses", "notes"]
WORK = ["needs", "services", "appointments", "referrals", "consents"]


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


def test_a_choice_that_has_passed_is_no_deadline_any_more(world: World) -> None:
    today = timezone.now().date()
    for days in (-3, 3):
        make_deadline(world.client, today + timedelta(days=days), optional=True, country="RS")

    rows = sheets(take(world))["Deadlines"][1:]

    assert [row[1].date() for row in rows if row[4] == "Serbia"] == [today + timedelta(days=3)]


def test_what_is_not_ticked_is_not_in_it(world: World) -> None:
    found = str(sheets(take(world, in_full="on")))

    for secret in ("+996 555 012345", "Придуманная", str(world.note.text)):
        assert secret not in found


def give_work(world: World) -> None:
    """One of everything that is done for the person, each with words that show where they turn up."""
    by, client, soon = world.worker, world.client, timezone.localdate() + timedelta(days=3)
    assign_case(case=world.case, caseworker=by, version=world.case.version, by=by, now=timezone.now())
    make_need(client, by=by, note="Слово о нужде")
    make_service(world.case, kind="medical", people=[client], note="Слово о лечении", by=by)
    make_service(world.case, kind="legal", note="Слово о суде", by=by)
    plan_appointment(
        case=world.case, people=[client], by=by, now=timezone.now(), day=soon, wall_time=time(14, 30),
        zone="Asia/Bishkek", with_kind="lawyer", place="Room 5",
    )  # fmt: skip
    make_referral(client, by=by)
    make_consent(client, by=by, how="witness", witness="Свидетель Вымышленный")


def test_what_is_done_for_them_is_taken_along_as_the_screens_show_it(world: World) -> None:
    give_work(world)

    found = sheets(take(world, in_full="on", parts=WORK))

    reference = world.client.reference
    [need] = found["Needs"][1:]
    assert (need[0], need[5]) == (reference, "Слово о нужде")
    assert {(row[0], row[7]) for row in found["Services"][1:]} == {
        (reference, "Слово о лечении"),
        ("everybody in the case", "Слово о суде"),
    }
    [appointment] = found["Appointments"][1:]
    assert appointment[1:6] == ("14:30", "Asia/Bishkek", "lawyer", reference, "Room 5")
    [referral] = found["Referrals"][1:]
    assert (referral[1], referral[3]) == (reference, "draft")
    [consent] = found["Consents"][1:]
    assert consent[0] == reference
    assert "Свидетель Вымышленный" in consent[5]


def test_a_colleague_who_may_not_read_the_needs_takes_none_along(world: World) -> None:
    give_work(world)
    colleague = signed_in(make_user(team=world.team))

    found = sheets(take(world, colleague, in_full="on", parts=WORK))

    assert found["Needs"][1:] == []
    assert "Слово о нужде" not in str(found)
    assert "Слово о лечении" not in str(found)
    assert "Слово о суде" in str(found)


def test_without_names_nobody_is_named_in_what_is_done_for_them(world: World) -> None:
    give_work(world)

    found = str(sheets(take(world, parts=["people", *WORK])))

    for name in ("Свидетель Вымышленный", world.client.family_name, world.client.given_name):
        assert name not in found


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
    hide(world.case)

    assert take(world, colleague).status_code == 404
    assert take(world, signed_in(make_user())).status_code == 404
    assert take(world, signed_in(make_user(Role.ADMINISTRATOR))).status_code == 403
