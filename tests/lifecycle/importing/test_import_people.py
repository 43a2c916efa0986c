"""The command does what the page does."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.accounts.models import Team
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Client, Import, ImportRow
from tests.factories.accounts import make_team, make_user

from .tables import GOOD, OTHER, csv_of, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    place: Team = make_team()
    make_user(Role.COORDINATOR, team=place, name="Test Coordinator")
    return place


def run(folder: Path, file: io.BytesIO, team: Team, *options: str) -> str:
    path = folder / "people"
    path.write_bytes(file.getvalue())
    said = io.StringIO()
    call_command("import_people", str(path), "--team", team.code, *options, stdout=said)
    return said.getvalue()


def test_it_imports_a_table_in_the_name_of_the_coordinator(tmp_path: Path, team: Team) -> None:
    said = run(tmp_path, csv_of([GOOD, OTHER]), team)

    assert "2 of 2 recorded" in said
    assert f"2 people are imported into {team.code}." in said
    assert set(Client.objects.values_list("case__team", flat=True)) == {team.pk}
    assert {event.actor_id for event in Event.objects.filter(type="lifecycle.case_logged")} == {
        team.memberships.get().user_id
    }


def test_the_dry_run_says_the_same_and_leaves_nothing(tmp_path: Path, team: Team) -> None:
    said = run(tmp_path, csv_of([GOOD, OTHER]), team, "--dry-run")

    assert "2 rows can be imported, 0 are to correct, 0 are perhaps known already." in said
    assert not Client.objects.exists()
    assert not ImportRow.objects.exists()


def test_with_a_wrong_row_nobody_is_imported_and_the_rows_to_correct_are_written_out(
    tmp_path: Path, team: Team
) -> None:
    report = tmp_path / "report.csv"
    with pytest.raises(CommandError, match="Nobody is imported"):
        run(tmp_path, csv_of([GOOD, row(nationality="Atlantis")]), team, "--report", str(report))

    assert not Client.objects.exists()
    assert not Import.objects.exists()
    lines = report.read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith('"3","Nationality: We know no country “Atlantis”.')


def test_the_good_rows_alone_when_that_is_asked_for_and_all_of_it_taken_back(tmp_path: Path, team: Team) -> None:
    said = run(tmp_path, csv_of([GOOD, row(nationality="Atlantis")]), team, "--only-good")
    assert "Row 3, to correct: Nationality: We know no country “Atlantis”." in said
    assert Client.objects.count() == 1

    call_command("import_people", "--undo", str(Import.objects.get().pk), stdout=io.StringIO())

    assert not Client.objects.exists()


def test_columns_and_the_order_of_days_can_be_said(tmp_path: Path, team: Team) -> None:
    table = csv_of([["Образцов", "05/12/1990", "RU"]], ["Wer", "Wann", "nationality"])

    run(tmp_path, table, team, "--column", "Wer=family_name", "--column", "Wann=birth_date", "--days", "day_first")

    assert str(Client.objects.get().birth_date) == "1990-12-05"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--by", "nobody@example.org"], "Nobody has the address nobody@example.org."),
        (["--column", "Wer=family_name"], "names no column of the table"),
    ],
)
def test_what_is_asked_for_wrongly_is_said(tmp_path: Path, team: Team, options: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(tmp_path, csv_of([GOOD]), team, *options)
    assert not Import.objects.exists()


def test_an_unknown_team_is_named_with_those_that_there_are(tmp_path: Path, team: Team) -> None:
    with pytest.raises(CommandError, match=f"There is no team NOWHERE. These are there: {team.code}."):
        call_command("import_people", str(tmp_path / "people"), "--team", "NOWHERE")


def test_somebody_of_another_team_imports_nobody(tmp_path: Path, team: Team) -> None:
    stranger = make_user()

    with pytest.raises(CommandError, match="You do not log cases for this team"):
        run(tmp_path, csv_of([GOOD]), team, "--by", stranger.email)


def test_a_file_that_is_not_there_is_said(tmp_path: Path, team: Team) -> None:
    with pytest.raises(CommandError, match="The file cannot be read"):
        call_command("import_people", str(tmp_path / "nothing.csv"), "--team", team.code)
