"""A table of people from its file to the register and back."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.accounts.models import Job, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients.models import Case, Client, Contact, Import, ImportMemory, ImportRow, Note, SuspectedPair
from casework.documents.models import Document
from casework.housing.models import Placement
from casework.lifecycle.duplicates import compare_missed
from casework.lifecycle.importing import starting, work
from casework.lifecycle.importing.recording import Record
from casework.lifecycle.importing.starting import UnableToImport
from casework.residency.models import Deadline, Stay
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_client
from tests.factories.documents import make_document
from tests.factories.housing import make_beds, make_site
from tests.factories.residency import make_rule

from .tables import GOOD, HEADINGS, OTHER, brought_in, checked, csv_of, imported, people, row, said, worked

pytestmark = pytest.mark.django_db


def states(of: Import) -> dict[int, str]:
    return dict(of.rows.order_by("number").values_list("number", "state"))


def test_a_row_becomes_a_case_with_everything_that_the_page_would_have_recorded() -> None:
    make_rule(country="KG", parameters={"days": 30})

    of = imported(csv_of([GOOD]))

    client = Client.objects.get()
    assert (client.full_name, client.birth.day, client.nationalities, client.sex) == (
        "Образцов Выдуман", date(1990, 5, 17), ["RU"], "male",
    )  # fmt: skip
    assert (client.case.team, client.is_principal) == (of.team, True)
    stay = Stay.objects.get(client=client)
    assert (stay.country, stay.entered_earliest, stay.entered_latest) == ("KG", date(2026, 11, 1), date(2026, 11, 1))
    assert stay.document == Document.objects.get(client=client, kind="international_passport", country="RU")
    assert Contact.objects.get(client=client).value == "+996 555 012345"
    assert Note.objects.get(case=client.case).text == "Ждёт жену"
    assert Deadline.objects.get(client=client, duty="leave").due_on == date(2026, 11, 30)


def test_the_dry_run_records_nobody() -> None:
    of = checked(csv_of([GOOD, OTHER]))

    assert (of.stage, states(of)) == ("checked", {2: "good", 3: "good"})
    assert not Case.objects.exists()
    assert not Client.objects.exists()


def test_what_a_row_said_is_forgotten_once_the_person_is_on_record() -> None:
    of = imported(csv_of([GOOD]))

    kept = of.rows.get()
    assert (kept.state, kept.cells, kept.problems, kept.case) == ("imported", None, None, Case.objects.get())


def test_each_row_says_what_is_wrong_and_the_good_ones_can_be_imported() -> None:
    of = checked(csv_of([GOOD, row(nationality="Kyrgystan", birth_date="05/12/1990")]))

    assert states(of) == {2: "good", 3: "wrong"}
    assert said(of, 3) == {
        "nationality": "We know no country “Kyrgystan”. Is it one of these: Kyrgyzstan (KG)?",
        "birth_date": "Which day is “05/12/1990”: 1990-05-12 or 1990-12-05? Write it in that way.",
    }

    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    assert states(worked(of)) == {2: "imported", 3: "wrong"}
    assert Client.objects.count() == 1


def test_a_corrected_row_is_checked_again_and_follows() -> None:
    of = checked(csv_of([row(nationality="Atlantis")]))
    wrong = of.rows.get()

    starting.correct_row(row=wrong, cells={"nationality": "RU"}, by=of.by, now=NOW)
    work.check_at_once(of, of.by, NOW)

    assert states(of) == {2: "good"}


def test_somebody_who_is_on_record_is_shown_and_not_imported_again() -> None:
    worker = make_user()
    known = make_client(team=team_of(worker), by=worker, family_name="Образцов", given_name="Выдуман")

    of = checked(csv_of([GOOD]), worker)

    double = of.rows.get()
    assert double.state == "double"
    assert double.alike == [{"client": str(known.pk), "why": ["same_name", "born_same_day"]}]
    with pytest.raises(UnableToImport):
        starting.record_people(of=of, by=worker, now=NOW, asks=False)


def test_somebody_whom_the_user_may_not_see_is_not_told_of_and_kept_as_a_pair_afterwards() -> None:
    other = make_client(family_name="Образцов", given_name="Выдуман")
    make_document(other, number="70 1234567")

    of = checked(csv_of([GOOD]))

    assert states(of) == {2: "good"}
    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    worked(of)
    compare_missed(clock=lambda: NOW)
    assert SuspectedPair.objects.count() == 1


def test_a_double_that_is_somebody_new_is_imported_and_one_that_is_not_is_left_out() -> None:
    worker = make_user()
    make_client(team=team_of(worker), by=worker, family_name="Образцов", given_name="Выдуман")
    of = checked(csv_of([GOOD, row(family_name="Obraztsov", phone="", document_number="70 0000001")]), worker)
    assert states(of) == {2: "double", 3: "double"}

    starting.decide_row(row=of.rows.get(number=2), decision="new", by=worker, now=NOW)
    starting.decide_row(row=of.rows.get(number=3), decision="leave_out", by=worker, now=NOW)
    starting.record_people(of=of, by=worker, now=NOW, asks=False)

    assert states(worked(of)) == {2: "imported", 3: "left_out"}
    assert Client.objects.count() == 2


def test_the_same_person_three_times_in_one_table_is_noticed_however_they_are_spelled() -> None:
    again = row(family_name="Obraztsov", given_name="Vydumán", document_number="", document_type="", phone="")
    of = checked(csv_of([GOOD, again, GOOD]))

    assert states(of) == {2: "good", 3: "double", 4: "double"}
    assert of.rows.get(number=3).alike == [{"row": 2}]
    assert of.rows.get(number=4).alike == [{"row": 2}, {"row": 3}]


def test_rows_of_one_family_become_one_case() -> None:
    headings = ["family", "relation", "family_name", "given_name", "birth_date", "nationality", "entered_on"]
    of = imported(
        csv_of(
            [
                ["A", "", "Образцов", "Выдуман", "1990-05-17", "RU", "2026-11-01"],
                ["B", "", "Примерова", "Неправда", "1985-03-12", "RU", "2026-11-02"],
                ["a", "wife", "Образцова", "Вымышлена", "1991-01-01", "RU", ""],
                ["A", "child", "Образцов", "Малыш", "2020-01-01", "RU", "2026-11-05"],
            ],
            headings,
        )
    )

    family = Case.objects.get(clients__relation="spouse")
    assert sorted(family.clients.values_list("relation", flat=True)) == ["child", "principal", "spouse"]
    days = (
        Stay.objects.filter(client__case=family).order_by("client__relation").values_list("entered_latest", flat=True)
    )
    assert list(days) == [date(2026, 11, 5), date(2026, 11, 1), date(2026, 11, 1)]
    assert Case.objects.count() == 2
    assert of.rows.filter(case=family).count() == 3


def test_no_family_comes_in_half() -> None:
    headings = ["family", "relation", "family_name", "birth_date", "nationality"]
    of = imported(
        csv_of(
            [
                ["A", "", "Образцов", "1990-05-17", "RU"],
                ["A", "wife", "Образцова", "31.02.1991", "RU"],
                ["B", "", "Примерова", "1985-03-12", "RU"],
            ],
            headings,
        )
    )

    assert states(of) == {2: "good", 3: "wrong", 4: "imported"}


@pytest.mark.parametrize(
    ("rows", "number", "column"),
    [
        ([["A", "", "1990"], ["A", "", "1991"]], 3, "relation"),
        ([["A", "principal", "1990"], ["A", "principal", "1991"]], 3, "relation"),
        ([["A", "wife", "1990"]], 2, "relation"),
        ([["A", "wife", "1990"], ["A", "child", "2020"]], 2, "relation"),
        ([["A", "", "2020"]], 2, "birth_date"),
    ],
    ids=["two without a relation", "two principals", "related to nobody", "nobody is the principal", "a child alone"],
)
def test_what_does_not_fit_between_rows_of_a_family_is_said(rows: list[list[str]], number: int, column: str) -> None:
    full = [[*cells, f"Образцов{at}", "RU"] for at, cells in enumerate(rows)]

    of = checked(csv_of(full, ["family", "relation", "birth_date", "family_name", "nationality"]))

    assert list(said(of, number)) == [column]


def test_the_next_table_of_the_team_begins_with_what_was_said_of_the_last() -> None:
    worker = make_user()
    headings = ["Nachname", "Geboren am", "Staat", "Bemerkung"]
    first = brought_in(csv_of([["Образцов", "05/12/1990", "RU", "x"]], headings), worker)
    assert first.columns == ["", "", "", ""]
    columns = ["family_name", "birth_date", "nationality", ""]
    starting.choose_columns(of=first, columns=columns, day_order="day_first", by=worker, now=NOW, asks=False)

    second = brought_in(csv_of([["Примерова", "05/11/1990", "RU", ""]], headings), worker)

    assert (second.columns, second.day_order) == (columns, "day_first")
    assert brought_in(csv_of([["Примерова"]], ["nachname"])).columns == [""]  # another team, which has said nothing
    assert ImportMemory.objects.count() == 1


def test_the_order_of_day_and_month_is_said_once_for_the_whole_table() -> None:
    of = checked(
        csv_of([row(birth_date="05/12/1990"), row(birth_date="12/05/1991", document_number="1")]),
        day_order="month_first",
    )
    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    worked(of)

    assert sorted(client.birth.day or date.max for client in Client.objects.all()) == [
        date(1990, 5, 12),
        date(1991, 12, 5),
    ]


def test_a_table_without_names_is_refused_before_anything_is_checked() -> None:
    of = brought_in(csv_of([["RU"]], ["nationality"]))

    with pytest.raises(UnableToImport) as refusal:
        starting.choose_columns(of=of, columns=of.columns, day_order="", by=of.by, now=NOW, asks=False)

    assert refusal.value.sentence == "No column holds this yet: Family name. Say which one does."


def test_a_whole_import_is_taken_back() -> None:
    of = imported(csv_of(people(3)))
    keys = list(Client.objects.values_list("data_key", flat=True)) + list(
        Case.objects.values_list("data_key", flat=True)
    )

    starting.take_back(of=of, by=of.by, now=NOW + timedelta(hours=1), asks=False)
    of = worked(of, clock=lambda: NOW + timedelta(hours=1))

    assert (of.stage, states(of)) == ("undone", {2: "undone", 3: "undone", 4: "undone"})
    for model in (Case, Client, Stay, Document, Contact, Deadline):
        assert not model._default_manager.exists()
    assert not DataKey.objects.usable().filter(pk__in=keys).exists()
    assert Event.objects.filter(type="lifecycle.case_taken_back").count() == 3


def test_a_case_on_which_somebody_has_worked_is_kept() -> None:
    of = imported(csv_of(people(2)))
    later = NOW + timedelta(minutes=5)
    worked_on = Case.objects.order_by("pk").first()
    assert worked_on is not None
    clients.write_note(case=worked_on, text="Позвонили.", by=of.by, now=later)

    starting.take_back(of=of, by=of.by, now=later, asks=False)
    of = worked(of, clock=lambda: later)

    assert list(Case.objects.all()) == [worked_on]
    assert sorted(of.rows.values_list("state", flat=True)) == ["kept", "undone"]


def test_after_thirty_days_nothing_is_taken_back_and_rows_that_were_not_imported_are_forgotten() -> None:
    of = imported(csv_of([GOOD, row(nationality="")]))
    other = checked(csv_of([OTHER]))
    late = NOW + timedelta(days=31)

    with pytest.raises(UnableToImport):
        starting.take_back(of=of, by=of.by, now=late, asks=False)
    work.forget_old(late)

    assert [(kept.of_id, kept.number, kept.cells) for kept in ImportRow.objects.all()] == [(of.pk, 2, None)]
    assert DataKey.objects.get(pk=other.data_key_id).is_destroyed


def test_what_somebody_goes_on_correcting_is_not_forgotten() -> None:
    of = checked(csv_of([row(nationality="Atlantis"), row(family_name="Другой", nationality="Atlantis")]))

    for number, act in enumerate(
        (
            lambda now: starting.correct_row(row=of.rows.get(number=2), cells={"nationality": "RU"}, by=of.by, now=now),
            lambda now: starting.decide_row(row=of.rows.get(number=3), decision="leave_out", by=of.by, now=now),
        ),
        start=1,
    ):
        act(NOW + number * timedelta(days=25))
        assert work.forget_old(NOW + number * timedelta(days=25) + timedelta(days=20)) == 0

    assert of.rows.count() == 2


def test_while_a_worker_is_at_the_rows_nobody_checks_them_beside_it() -> None:
    of = checked(csv_of([row(nationality="Atlantis")]))
    starting.correct_row(row=of.rows.get(), cells={"nationality": "RU"}, by=of.by, now=NOW)
    # Before the page has come to checking the row, a colleague says anew what the columns hold.
    starting.choose_columns(of=of, columns=of.columns, day_order="", by=of.by, now=NOW, asks=False)

    work.check_at_once(of, of.by, NOW)

    assert states(of) == {2: "waiting"}
    assert states(worked(of)) == {2: "good"}


def test_whoever_does_not_log_cases_for_a_team_imports_nobody_into_it() -> None:
    with pytest.raises(UnableToImport):
        brought_in(csv_of([GOOD]), team=make_team())
    with pytest.raises(UnableToImport):
        brought_in(csv_of([GOOD]), make_user(Role.ADMINISTRATOR), team=make_team())
    assert not Import.objects.exists()


def test_whose_role_ends_on_the_way_records_nobody_more() -> None:
    of = checked(csv_of([GOOD]))
    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    of.by.memberships.update(ends_at=NOW - timedelta(days=1))

    of = worked(of)

    assert not Client.objects.exists()
    assert of.job is not None
    assert (of.job.state, of.stage) == (Job.State.FAILED, "checked")


def test_the_same_file_sent_twice_is_one_import() -> None:
    worker = make_user()
    first = brought_in(csv_of([GOOD]), worker)

    second = brought_in(csv_of([GOOD]), worker, submit_token=first.submit_token)

    assert (first.pk, Import.objects.count()) == (second.pk, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        brought_in(csv_of([GOOD]), submit_token=first.submit_token)  # the token of somebody else's form


def test_a_row_of_another_team_is_refused() -> None:
    of = checked(csv_of([[*GOOD, "T-OTHER"]], [*HEADINGS, "team"]))

    assert list(said(of)) == ["team"]


def test_stopped_on_the_way_what_is_done_stays_done_and_the_rest_can_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    of = checked(csv_of(people(4)))
    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    of = Import.objects.get(pk=of.pk)
    step = Record.step
    calls = []

    def stop_after_two(self: Record, by: User, now: datetime) -> int:
        calls.append(now)
        if len(calls) == 1:
            return step(self, by, now, size=2)
        starting.stop(of=of, by=by, now=now)
        return 0

    monkeypatch.setattr(Record, "step", stop_after_two)
    worked(of)
    monkeypatch.undo()

    of = Import.objects.get(pk=of.pk)
    assert (of.stage, Client.objects.count()) == ("imported", 2)
    starting.record_people(of=of, by=of.by, now=NOW, asks=False)
    assert sorted(states(worked(of)).values()) == ["imported"] * 4
    assert Client.objects.count() == 4


def test_whoever_sleeps_in_a_bed_of_ours_moves_in_and_the_bed_is_free_again_when_it_is_taken_back() -> None:
    worker = make_user()
    site = make_site(team=team_of(worker), by=worker, name="Приют Вымышленный")
    bed, _other = make_beds(2, site=site, capacity=2, label="Комната 2")
    place = f"приют вымышленный / комната 2 / {bed.label}"
    headings = ["family_name", "birth_date", "nationality", "sex", "bed", "moved_in_on"]
    table = csv_of([["Образцов", "1990", "RU", "male", place, "2026-11-20"]], headings)

    of = imported(table, worker)

    placement = Placement.objects.get()
    assert (placement.bed, placement.state, placement.since) == (bed, "checked_in", date(2026, 11, 20))
    assert placement.client.case.team == of.team
    starting.take_back(of=of, by=worker, now=NOW + timedelta(hours=1), asks=False)
    worked(of, clock=lambda: NOW + timedelta(hours=1))
    assert not Placement.objects.exists()


def test_a_bed_that_is_taken_or_not_there_is_said() -> None:
    worker = make_user()
    site = make_site(team=team_of(worker), by=worker, name="Приют Вымышленный")
    bed = make_beds(1, site=site, label="Комната 2")[0]
    place = f"{site.code}/Комната 2/{bed.label}"
    headings = ["family_name", "birth_date", "nationality", "sex", "bed"]
    rows = [
        ["Образцов", "1990", "RU", "male", place],
        ["Примеров", "1985", "RU", "male", place],
        ["Другов", "1980", "RU", "male", "x"],
    ]

    of = imported(csv_of(rows, headings), worker)

    assert states(of) == {2: "imported", 3: "wrong", 4: "wrong"}
    assert said(of, 4) == {"bed": "Your team has no bed “x”. Write site / unit / bed as on the board."}
    assert Client.objects.count() == 1
