"""The Documents tab, adding scans, and how pictures go out."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.roles import DEFINITIONS, Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import Client
from casework.documents import actions, storage
from casework.documents.models import Scan
from casework.lib.dates import Birth
from casework.vault.actions import destroy_key
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import hide, make_client
from tests.factories.documents import make_document
from tests.factories.residency import make_deadline
from tests.factories.scans import drawn, encoded, make_picture, make_scan
from tests.web.sign_in.test_step_up import wait

pytestmark = pytest.mark.django_db


class World:
    def __init__(self) -> None:
        self.worker = make_user()
        self.browser = signed_in(self.worker)
        self.client: Client = make_client(team=team_of(self.worker), by=self.worker)
        self.document = make_document(self.client, by=self.worker)
        self.scan = make_scan(self.client, pages=2, by=self.worker, document=self.document)
        self.page = self.scan.pages.order_by("number")[0]

    def urls(self) -> dict[str, str]:
        of_scan = ("scan", "change_scan", "remove_scan", "restore_scan", "scan_pdf")
        of_page = ("scan_picture", "scan_preview", "move_scan_page", "turn_scan_page")
        return {
            "case_documents": reverse("case_documents", args=[self.client.case.code]),
            "show_document_number": reverse("show_document_number", args=[self.document.pk]),
            "add_scan": reverse("add_scan", args=[self.client.reference]),
            **{name: reverse(name, args=[self.scan.pk]) for name in of_scan},
            **{name: reverse(name, args=[self.page.pk]) for name in of_page},
        }

    def get(self, name: str) -> Any:
        return self.browser.get(self.urls()[name])

    def post(self, name: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        return self.browser.post(self.urls()[name], data or {}, **options)


def signed_in(user: Any) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def world() -> World:
    return World()


def test_a_choice_that_has_passed_does_not_make_a_document_overdue(world: World) -> None:
    today = timezone.now().date()
    about = {"subject_kind": "document", "subject_id": world.document.pk, "duty": "keep_document"}
    make_deadline(world.client, today - timedelta(days=9), optional=True, **about)
    assert "overdue" not in world.get("case_documents").content.decode().lower()

    make_deadline(world.client, today - timedelta(days=9), **about)
    assert "overdue" in world.get("case_documents").content.decode().lower()


POSTED = {"show_document_number", "remove_scan", "restore_scan", "move_scan_page", "turn_scan_page"}
NAMES = [
    "case_documents", "show_document_number", "add_scan", "scan", "change_scan", "remove_scan", "restore_scan",
    "scan_pdf", "scan_picture", "scan_preview", "move_scan_page", "turn_scan_page",
]  # fmt: skip


def asked(browser: Browser, name: str, url: str) -> Any:
    return browser.post(url) if name in POSTED else browser.get(url)


@pytest.mark.parametrize("name", NAMES)
def test_another_team_learns_nothing(world: World, name: str) -> None:
    assert asked(signed_in(make_user()), name, world.urls()[name]).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_colleague_who_is_not_named_learns_nothing(world: World, name: str) -> None:
    people = [world.worker, make_user(team=team_of(world.worker))]
    clients.restrict_case(case=world.client.case, people=people, version=1, by=world.worker, now=NOW)

    answer = asked(signed_in(make_user(team=team_of(world.worker))), name, world.urls()[name])

    assert answer.status_code == 404


def test_a_number_in_a_restricted_case_is_not_there_for_strangers_rather_than_asking_who_they_are(world: World) -> None:
    hide(world.client.case, world.worker)
    stranger = signed_in(make_user())
    wait(stranger)

    assert stranger.post(world.urls()["show_document_number"]).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if not DEFINITIONS[role].of_a_team])
def test_roles_without_people_are_refused(world: World, role: Role) -> None:
    browser = signed_in(make_user(role))

    assert {asked(browser, name, url).status_code for name, url in world.urls().items()} == {403}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_there_answers_like_what_is_foreign(world: World, name: str) -> None:
    url = world.urls()[name]
    for known, missing in (
        (str(world.scan.pk), str(uuid.uuid4())),
        (str(world.page.pk), str(uuid.uuid4())),
        (str(world.document.pk), str(uuid.uuid4())),
        (world.client.case.code, "C-222-222"),
        (world.client.reference, "222-222"),
    ):
        url = url.replace(known, missing)

    assert asked(world.browser, name, url).status_code == 404


def test_the_tab_shows_papers_what_is_missing_and_masks_the_number(world: World) -> None:
    child = clients.add_client(
        case=world.client.case, family_name="Образцова", given_name="Дочь", relation="child",
        birth=Birth(NOW.date().replace(year=2020)), nationalities=["RU"], by=world.worker, now=NOW,
    )  # fmt: skip
    page = world.get("case_documents").content.decode()

    assert world.document.number not in page
    assert "••• 001" in page
    assert "2 pages" in page
    assert "No birth certificate of this child is on record." in page
    assert page.count("No travel document is on record.") == 1
    assert child.reference in page


def test_the_overview_masks_the_number_as_the_tab_does(world: World) -> None:
    page = world.browser.get(reverse("case", args=[world.client.case.code])).content.decode()

    assert world.document.number not in page
    assert "••• 001" in page


def test_a_number_is_shown_when_asked_for_and_the_audit_says_so(world: World) -> None:
    page = world.post("show_document_number").content.decode()

    assert world.document.number in page
    assert Event.objects.get(type="documents.document_number_seen").subject_id == str(world.document.pk)


def test_the_tab_costs_the_same_however_much_there_is(world: World) -> None:
    world.get("case_documents")
    with counted_queries() as few:
        world.get("case_documents")
    for number in range(3):
        person = clients.add_client(
            case=world.client.case, family_name="Образцов", given_name=str(number), relation="sibling",
            birth=Birth(year=1990), nationalities=["RU"], by=world.worker, now=NOW,
        )  # fmt: skip
        make_scan(person, by=world.worker, document=make_document(person, by=world.worker))
    world.get("case_documents")  # computes the new people once
    with counted_queries() as many:
        world.get("case_documents")

    assert len(many) == len(few) <= 20


def sent(world: World, *contents: bytes, **more: Any) -> dict[str, Any]:
    files = []
    for number, content in enumerate(contents):
        file = io.BytesIO(content)
        file.name = f"{number}.jpg"
        files.append(file)
    return {"id": str(uuid.uuid4()), "kind": "stamps", "document": str(world.document.pk), "files": files, **more}


def test_photos_are_added_in_their_order_once_however_often_they_are_sent(world: World) -> None:
    data = sent(world, encoded(drawn((50, 40))), encoded(drawn((60, 40))))
    answer = world.post("add_scan", data)
    again = sent(world, encoded(drawn((50, 40))), encoded(drawn((60, 40))), id=data["id"])
    world.post("add_scan", again)

    assert answer.url == reverse("scan", args=[data["id"]])
    scan = Scan.objects.get(pk=data["id"])
    assert [page.width for page in scan.pages.order_by("number")] == [50, 60]
    assert (scan.kind, scan.document) == ("stamps", world.document)


def test_a_script_hears_in_json_what_was_kept_and_what_refused(world: World) -> None:
    kept = world.post("add_scan", sent(world, encoded(drawn())), headers={"accept": "application/json"})
    refused = world.post("add_scan", sent(world, b"<html>"), headers={"accept": "application/json"})

    assert kept.json()["kept"] == 1
    assert (refused.status_code, "not a photo" in refused.json()["error"]) == (422, True)


def test_nothing_chosen_is_said_beside_the_field(world: World) -> None:
    page = world.post("add_scan", {"id": str(uuid.uuid4()), "kind": "identity", "document": ""})
    empty = world.post("add_scan")

    assert "files" in page.context["form"].errors
    assert "files" in empty.context["form"].errors


def test_a_new_scan_takes_the_place_of_an_old_one_which_can_be_taken_back(world: World) -> None:
    world.post("add_scan", sent(world, encoded(drawn()), replaces=str(world.scan.pk)))

    world.scan.refresh_from_db()
    assert world.scan.removed_at is not None
    assert "Take it back" in world.get("case_documents").content.decode()
    world.post("restore_scan")
    world.scan.refresh_from_db()
    assert world.scan.removed_at is None


@pytest.mark.parametrize(
    ("name", "type"), [("scan_picture", "image/jpeg"), ("scan_preview", "image/jpeg"), ("scan_pdf", "application/pdf")]
)
def test_what_goes_out_is_fenced_and_names_nobody(world: World, name: str, type: str) -> None:
    answer = world.get(name)
    content = b"".join(answer.streaming_content)

    assert answer["Content-Type"] == type
    assert answer["Content-Disposition"].startswith(f'attachment; filename="scan-{world.client.reference}')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert content[:4] in (b"\xff\xd8\xff\xe0", b"%PDF")
    if name != "scan_pdf":
        assert content == make_picture((60, 40)).content
        assert answer["Content-Length"] == str(len(content))


def test_a_scan_on_paper_carries_the_number_of_its_event_and_no_name(world: World) -> None:
    paper = pypdfium2.PdfDocument(b"".join(world.get("scan_pdf").streaming_content))
    taken = Event.objects.get(type="documents.scan_downloaded")

    said = [page.get_textpage().get_text_bounded() for page in paper]
    assert [text.split(" / ")[0] for text in said] == [f"No. {taken.pk}"] * len(said)
    assert "Worker" not in "".join(said)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("scan_picture", "documents.scan_downloaded"),
        ("scan_preview", "documents.scan_seen"),
        ("scan_pdf", "documents.scan_downloaded"),
    ],
)
def test_each_view_leaves_one_event(world: World, name: str, event: str) -> None:
    world.get(name)

    assert Event.objects.get(type=event).actor_id == world.worker.pk


def test_a_part_of_a_picture_cannot_be_asked_for(world: World) -> None:
    answer = world.browser.get(world.urls()["scan_picture"], headers={"range": "bytes=0-10"})

    assert (answer.status_code, answer["Accept-Ranges"]) == (200, "none")


@pytest.mark.parametrize("name", ["scan_picture", "scan_preview", "scan_pdf", "turn_scan_page"])
def test_a_file_that_is_gone_or_altered_answers_with_a_page(world: World, name: str) -> None:
    path = storage.path_of(world.page.preview_id if name == "scan_preview" else world.page.file_id)
    path.write_bytes(path.read_bytes()[:-1])
    altered = asked(world.browser, name, world.urls()[name])
    path.unlink()
    gone = asked(world.browser, name, world.urls()[name])

    assert (altered.status_code, gone.status_code) == (410, 410)
    assert "was altered" in altered.content.decode()
    assert "not there any more" in gone.content.decode()
    assert not Event.objects.filter(type="documents.scan_downloaded").exists()


def test_what_was_erased_answers_with_a_page(world: World) -> None:
    destroy_key(world.scan.data_key, by=None, now=NOW)

    answer = world.get("scan_picture")

    assert (answer.status_code, "erased" in answer.content.decode()) == (410, True)


@pytest.mark.parametrize("name", ["scan_picture", "scan_preview", "scan_pdf"])
def test_what_is_infected_or_removed_is_served_to_nobody(world: World, name: str) -> None:
    Scan.objects.filter(pk=world.scan.pk).update(check_state=Scan.Check.INFECTED)
    infected = world.get(name).status_code
    told = world.get("scan").content.decode()
    Scan.objects.filter(pk=world.scan.pk).update(check_state=Scan.Check.CLEAN)
    actions.remove_scan(scan=world.scan, by=world.worker, now=NOW)

    assert (infected, world.get(name).status_code) == (404, 404)
    assert "A virus was found" in told


def test_an_infected_upload_is_refused_and_leaves_only_an_event(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.documents.scanning.check", lambda pieces: Scan.Check.INFECTED)

    page = world.post("add_scan", sent(world, encoded(drawn()))).content.decode()

    assert "A virus was found in this file." in page
    assert Scan.objects.count() == 1
    assert Event.objects.filter(type="documents.upload_infected").exists()


def test_what_a_scan_shows_is_changed_and_a_crossing_edit_is_shown(world: World) -> None:
    version = {"version": "1"}
    world.post("change_scan", {"kind": "contract", "document": ""} | version)
    crossed = world.post("change_scan", {"kind": "medical", "document": ""} | version)

    world.scan.refresh_from_db()
    assert (world.scan.kind, world.scan.document, crossed.status_code) == ("contract", None, 409)


def test_pages_are_turned_and_moved(world: World) -> None:
    world.post("turn_scan_page", {"to": "left"})
    world.post("move_scan_page", {"to": "later"})

    sizes = [(page.width, page.height) for page in world.scan.pages.order_by("number")]
    assert sizes == [(61, 40), (40, 60)]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in POSTED and not name.startswith("scan_")])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_opens_in_both_languages_and_names_nobody_in_its_title(
    world: World, name: str, language: str
) -> None:
    world.worker.language = language
    world.worker.save(update_fields=["language"])
    answer = world.get(name)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert world.client.family_name not in page[page.index("<title>") : page.index("</title>")]
