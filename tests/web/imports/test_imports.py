"""The pages of an import, from the file to the register and back."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from casework.accounts.models import Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import write_note
from casework.clients.models import Client, Import, ImportRow
from casework.lib.ids import new_id
from casework.lifecycle.importing import work
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_user, team_of
from tests.factories.clients import hide, make_client
from tests.lifecycle.importing.tables import GOOD, HEADINGS, OTHER, csv_of, people, row, xlsx_of
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def works_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker do its work before the page answers."""
    monkeypatch.setattr(
        "casework.lifecycle.importing.starting.ask_soon",
        lambda import_id: work.carry_out(import_id=import_id, clock=timezone.now),
    )


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def browser(worker: User) -> Browser:
    return signed_in(worker)


def sent(content: io.BytesIO, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.getvalue())


def bring_in(browser: Browser, content: io.BytesIO, team: Team) -> Import:
    data = {"file": sent(content), "team": str(team.pk), "submit_token": str(new_id())}
    answer = browser.post("/imports/", data)
    of = Import.objects.newest_first().first()
    assert of is not None
    assert answer["Location"] == f"/imports/{of.pk}/columns/"
    return of


def check(browser: Browser, of: Import) -> str:
    """Send the form of columns as it stands, and return the page to which it leads."""
    columns = {f"column{number}": code for number, code in enumerate(of.columns)}
    return browser.post(f"/imports/{of.pk}/columns/", columns | {"day_order": ""}, follow=True).content.decode()


def test_a_table_is_brought_in_checked_recorded_and_taken_back(browser: Browser, worker: User) -> None:
    of = bring_in(browser, csv_of([GOOD, OTHER]), team_of(worker))
    columns = browser.get(f"/imports/{of.pk}/columns/").content.decode()
    assert 'value="family_name" selected' in columns
    assert "Образцов" in columns

    assert "Record 2 people" in check(browser, of)
    assert not Client.objects.exists()

    page = browser.post(f"/imports/{of.pk}/record/", follow=True).content.decode()
    assert "<strong>2</strong> imported" in page
    assert Client.objects.count() == 2

    page = browser.post(f"/imports/{of.pk}/take-back/", follow=True).content.decode()
    assert "This import was taken back" in page
    assert not Client.objects.exists()


def test_a_row_is_corrected_on_its_page(browser: Browser, worker: User) -> None:
    of = bring_in(browser, csv_of([row(nationality="Kyrgystan")]), team_of(worker))
    assert "We know no country “Kyrgystan”." in check(browser, of)

    page = browser.get(f"/imports/{of.pk}/rows/2/").content.decode()
    assert "Is it one of these: Kyrgyzstan (KG)?" in page
    cells = dict(zip(HEADINGS, row(nationality="Atlantis"), strict=True))
    still_wrong = browser.post(f"/imports/{of.pk}/rows/2/", cells).content.decode()
    assert "Atlantis" in still_wrong
    answer = browser.post(f"/imports/{of.pk}/rows/2/", cells | {"nationality": "KG"}, follow=True)

    assert "Row 2 is good now." in answer.content.decode()
    assert of.rows.get().state == "good"


@pytest.mark.parametrize("shape", ["xlsx", "csv"])
def test_rows_are_fetched_corrected_and_brought_back(browser: Browser, worker: User, shape: str) -> None:
    of = bring_in(
        browser,
        csv_of([GOOD, row(nationality="Atlantis", family_name="Другов", document_number="=5")]),
        team_of(worker),
    )
    check(browser, of)

    answer = browser.get(f"/imports/{of.pk}/to-correct/?format={shape}")
    content = b"".join(answer) if answer.streaming else answer.content
    if shape == "xlsx":
        book = load_workbook(io.BytesIO(content))
        assert [cell.value for cell in book.worksheets[0][1]][:3] == ["#row", "#problem", "#decision"]
        book.worksheets[0]["G2"], book.worksheets[0]["M2"] = "RU", "70 5555555"
        held = io.BytesIO()
        book.save(held)
        content = held.getvalue()
    else:
        content = content.replace(b'Atlantis"', b'RU"').replace(b'"\'=5"', b'"70 5555555"')
    answer = browser.post(f"/imports/{of.pk}/corrected/", {"file": sent(io.BytesIO(content))}, follow=True)

    assert "1 row is taken in and checked." in answer.content.decode()
    assert {each.number: (each.state, each.problems) for each in of.rows.all()} == {
        2: ("good", None),
        3: ("good", None),
    }


def test_a_corrected_table_of_other_people_is_refused_as_a_whole(browser: Browser, worker: User) -> None:
    of = bring_in(browser, csv_of([row(nationality="Atlantis")]), team_of(worker))
    check(browser, of)

    for table, said in (
        (csv_of([GOOD]), "The column #row is missing."),
        (csv_of([["7", *GOOD]], ["#row", *HEADINGS]), "Row 2 of this table is row 7, which is not one to correct"),
        (csv_of([["2", "x"]], ["#row", "salary"]), "has no such columns: salary."),
        (csv_of([["", *GOOD]], ["#row", *HEADINGS]), "does not say which row it is"),
    ):
        page = browser.post(f"/imports/{of.pk}/corrected/", {"file": sent(table)}, follow=True).content.decode()
        assert said in page
    assert of.rows.get().cells == row(nationality="Atlantis")


def test_a_decision_can_be_written_into_the_corrected_table(browser: Browser, worker: User) -> None:
    make_client(team=team_of(worker), by=worker, family_name="Образцов", given_name="Выдуман")
    of = bring_in(browser, csv_of([GOOD, row(document_number="1", phone="")]), team_of(worker))
    assert "On record as Образцов Выдуман" in check(browser, of)

    table = csv_of([["2", "new"], ["3", "leave out"]], ["#row", "#decision"])
    browser.post(f"/imports/{of.pk}/corrected/", {"file": sent(table)}, follow=True)

    assert dict(of.rows.values_list("number", "state")) == {2: "good", 3: "left_out"}


def test_who_is_perhaps_known_is_decided_row_by_row_or_all_at_once(browser: Browser, worker: User) -> None:
    of = bring_in(browser, csv_of([GOOD, GOOD, GOOD]), team_of(worker))
    check(browser, of)

    browser.post(f"/imports/{of.pk}/rows/3/decide/", {"decision": "new"})
    browser.post(f"/imports/{of.pk}/leave-out/", {"state": "double"})

    assert dict(of.rows.values_list("number", "state")) == {2: "good", 3: "good", 4: "left_out"}


def test_what_became_of_each_row_can_be_fetched_and_names_nobody(browser: Browser, worker: User) -> None:
    of = bring_in(browser, csv_of([GOOD, row(nationality="")]), team_of(worker))
    check(browser, of)
    browser.post(f"/imports/{of.pk}/record/")

    content = browser.get(f"/imports/{of.pk}/report/?format=csv").content.decode()

    assert Client.objects.get().case.code in content
    assert "Say the nationality" in content
    assert "Образцов" not in content


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "The file is empty."), (b"\xff\xff", "it is not UTF-8"), (b"a,a\r\n1,2", "several columns of this name")],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(
    browser: Browser, worker: User, content: bytes, said: str
) -> None:
    data = {"file": sent(io.BytesIO(content)), "team": str(team_of(worker).pk), "submit_token": str(new_id())}

    page = browser.post("/imports/", data).content.decode()

    assert said in page
    assert not Import.objects.exists()


def test_sent_twice_a_table_is_one_import(browser: Browser, worker: User) -> None:
    data = {"team": str(team_of(worker).pk), "submit_token": str(new_id())}
    places = {browser.post("/imports/", data | {"file": sent(csv_of([GOOD]))})["Location"] for _time in range(2)}

    assert (len(places), Import.objects.count()) == (1, 1)


def test_a_table_can_be_thrown_away_until_somebody_is_recorded_from_it(browser: Browser, worker: User) -> None:
    of = bring_in(browser, csv_of([GOOD]), team_of(worker))

    browser.post(f"/imports/{of.pk}/forget/")

    assert not Import.objects.exists()
    assert not ImportRow.objects.exists()


PAGES = [
    ("get", ""), ("get", "columns/"), ("post", "columns/"), ("post", "record/"), ("post", "stop/"), ("post", "take-back/"),
    ("post", "forget/"), ("post", "leave-out/"), ("get", "to-correct/?format=csv"), ("get", "report/?format=csv"),
    ("post", "corrected/"), ("get", "rows/2/"), ("post", "rows/2/"), ("post", "rows/2/decide/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "page"), PAGES)
def test_nobody_else_comes_near_an_import(worker: User, method: str, page: str) -> None:
    of = bring_in(signed_in(worker), csv_of([GOOD]), team_of(worker))
    url = f"/imports/{of.pk}/{page}"

    colleague = signed_in(make_user(team=team_of(worker)))
    other = signed_in(make_user(Role.COORDINATOR))
    no_cases = signed_in(make_user(Role.AUDITOR))

    assert getattr(colleague, method)(url).status_code == 404
    assert getattr(other, method)(url).status_code == 404
    assert getattr(no_cases, method)(url).status_code == 403
    assert getattr(other, method)(url.replace(str(of.pk), str(new_id()))).status_code == 404
    assert Import.objects.get().stage == "columns"


def test_the_list_and_its_form_are_for_those_who_log_cases() -> None:
    assert signed_in(make_user(Role.AUDITOR)).get("/imports/").status_code == 403
    assert signed_in(make_user(Role.AUDITOR)).post("/imports/").status_code == 403


def test_a_coordinator_of_the_team_sees_it_and_can_take_it_back(worker: User) -> None:
    browser = signed_in(worker)
    of = bring_in(browser, csv_of([GOOD]), team_of(worker))
    check(browser, of)
    browser.post(f"/imports/{of.pk}/record/")
    coordinator = make_user(Role.COORDINATOR, team=team_of(worker))

    signed_in(coordinator).post(f"/imports/{of.pk}/take-back/")

    assert not Client.objects.exists()
    assert Event.objects.get(type="lifecycle.import_undone").actor_id == coordinator.pk


def test_a_file_cannot_be_put_into_a_team_of_others(browser: Browser) -> None:
    stranger = make_user()
    data = {"file": sent(csv_of([GOOD])), "team": str(team_of(stranger).pk), "submit_token": str(new_id())}

    assert browser.post("/imports/", data).status_code == 200
    assert not Import.objects.exists()


def test_the_pages_cost_the_same_for_few_rows_and_for_many(browser: Browser, worker: User) -> None:
    costs = []
    for number in (3, 60):
        wrong = [
            row(nationality="Atlantis", family_name=f"Примеров{at}", document_number=str(at)) for at in range(number)
        ]
        of = bring_in(browser, csv_of(wrong), team_of(worker))
        check(browser, of)
        for url in (reverse("import", args=[of.pk]), reverse("import_columns", args=[of.pk]), reverse("imports")):
            with counted_queries() as asked:
                assert browser.get(url).status_code == 200
            costs.append(len(asked))

    assert costs[:3] == costs[3:]
    assert max(costs) <= 12


def test_somebody_who_works_in_two_teams_chooses_one(browser: Browser, worker: User) -> None:
    second = team_of(make_user())
    make_membership(worker, Role.CASEWORKER, team=second)

    assert browser.get("/imports/").content.decode().count("<option") == 2
    assert bring_in(browser, csv_of([GOOD]), second).team == second


def test_a_workbook_can_be_brought_in_too(browser: Browser, worker: User) -> None:
    of = bring_in(browser, xlsx_of(("people", [HEADINGS, *people(2)])), team_of(worker))

    assert "Record 2 people" in check(browser, of)


def test_who_changed_the_team_sees_their_import_no_more(worker: User) -> None:
    browser = signed_in(worker)
    of = bring_in(browser, csv_of([GOOD]), team_of(worker))
    worker.memberships.update(ends_at=timezone.now())
    make_membership(worker, Role.CASEWORKER)

    assert browser.get(f"/imports/{of.pk}/columns/").status_code == 404
    assert f"/imports/{of.pk}/" not in browser.get("/imports/").content.decode()


def test_imports_of_other_teams_are_not_listed(worker: User) -> None:
    of = bring_in(signed_in(worker), csv_of([GOOD]), team_of(worker))

    assert f"/imports/{of.pk}/" in signed_in(worker).get("/imports/").content.decode()
    assert f"/imports/{of.pk}/" not in signed_in(make_user()).get("/imports/").content.decode()


def test_somebody_whose_case_is_restricted_since_the_check_is_not_named(browser: Browser, worker: User) -> None:
    known = make_client(team=team_of(worker), by=worker, family_name="Образцов", given_name="Выдуман")
    of = bring_in(browser, csv_of([GOOD]), team_of(worker))
    assert known.case.code in check(browser, of)
    hide(known.case)

    page = browser.get(f"/imports/{of.pk}/").content.decode()

    assert "Somebody like this is on record." in page
    assert known.case.code not in page


def test_a_case_that_is_restricted_since_the_import_is_named_in_no_list_and_no_file(
    browser: Browser, worker: User
) -> None:
    of = bring_in(browser, csv_of([GOOD]), team_of(worker))
    check(browser, of)
    browser.post(f"/imports/{of.pk}/record/")
    case = Client.objects.get().case
    write_note(case=case, text="Позвонили.", by=worker, now=timezone.now() + timedelta(seconds=5))
    browser.post(f"/imports/{of.pk}/take-back/")
    assert case.code in browser.get(f"/imports/{of.pk}/").content.decode()
    assert case.code in browser.get(f"/imports/{of.pk}/report/?format=csv").content.decode()
    again = bring_in(browser, csv_of([GOOD]), team_of(worker))
    check(browser, again)
    ImportRow.objects.filter(of=again).update(alike=[{"case": str(case.pk)}], state="double")
    assert case.code in browser.get(f"/imports/{again.pk}/").content.decode()

    hide(case)

    assert case.code not in browser.get(f"/imports/{of.pk}/").content.decode()
    assert case.code not in browser.get(f"/imports/{of.pk}/report/?format=csv").content.decode()
    assert case.code not in browser.get(f"/imports/{again.pk}/").content.decode()
