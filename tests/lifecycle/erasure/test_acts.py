"""A case or a person is erased: nothing of them is left in any table, the keys are gone, others keep everything."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings, settings
from django.db import IntegrityError, ProgrammingError, connection, models, transaction

from casework.accounts import drafts, jobs
from casework.accounts.models import Draft, Job, Team, User
from casework.accounts.roles import Role
from casework.audit.history import history_of
from casework.audit.models import Event
from casework.clients import actions as clients
from casework.clients import names
from casework.clients.models import Case, Client, Erasure, Import, ImportRow, Note
from casework.housing import actions as housing
from casework.lib.ids import new_id
from casework.lib.names import Query
from casework.lifecycle import cases as lifecycle
from casework.lifecycle import closing
from casework.lifecycle.erasure import acts, ledger, removal
from casework.lifecycle.erasure.reach import DECIDED, keys_to, of_case, reachable
from casework.lifecycle.tasks import reconcile_erasures
from casework.reminders import send
from casework.reminders.channels import DeliveryError
from casework.reminders.models import Attempt, Reminder
from casework.reports.models import Export, ExportPiece
from casework.residency import actions as residency
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact, make_note
from tests.factories.files import File, make_file
from tests.factories.residency import make_stay
from tests.full_disk import no_file_grows_beyond

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def worker(team: Team) -> User:
    return make_user(team=team)


@pytest.fixture
def second(team: Team) -> User:
    return make_user(Role.COORDINATOR, team=team)


@pytest.fixture
def file(team: Team, worker: User) -> File:
    return make_file(team=team, worker=worker, name="Стирашк")


@pytest.fixture
def other(team: Team, worker: User) -> File:
    return make_file(team=team, worker=worker, name="Остающ")


BARE_IDS_STAY = {"audit.Event", "clients.Erasure", "clients.ErasedPerson", "vault.DataKey"}


def free_beds(case: Case, worker: User) -> None:
    rows = closing.beds_of(case, NOW)
    housing.cancel(placements=rows, ending="not_needed", by=worker, now=NOW)


def erase(case: Case, worker: User, second: User, **fields: Any) -> Erasure:
    asked = acts.ask_to_erase(case=case, reason="wish", by=worker, now=NOW, **fields)
    return acts.confirm_erasure(erasure=asked, by=second, now=NOW)


def rows_naming(ids: set[str]) -> dict[str, int]:
    """Count the rows of every table, history too, in which one of these ids stands, but for where bare ids stay."""
    found: dict[str, int] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.label in BARE_IDS_STAY or model._meta.app_label == "pghistory":
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.UUIDField | models.ForeignKey):
                rows = model._base_manager.filter(**{f"{field.attname}__in": ids}) if _takes(field) else None
                if rows is not None and (count := rows.count()):
                    found[f"{model._meta.label}.{field.name}"] = count
    return found


def _takes(field: Any) -> bool:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return isinstance(target, models.UUIDField)


def everything_of(case: Case) -> set[str]:
    """The ids of every row that hangs on a case, and of their keys."""
    reach = of_case(case.pk)
    keys, _under = removal._keys_of(reach)
    return {str(pk) for pks in reach.rows.values() for pk in pks} | {str(key) for key in keys}


def test_a_case_with_a_row_of_every_kind_is_erased_to_the_last_row(file: File, worker: User, second: User) -> None:
    free_beds(file.case, worker)
    keys = {file.case.data_key_id, *Client.objects.filter(case=file.case).values_list("data_key", flat=True)}
    ids = everything_of(file.case)
    assert len(rows_naming(ids)) > 60

    erasure = erase(file.case, worker, second)

    assert rows_naming(ids) == {}
    assert not DataKey.objects.usable().filter(pk__in=keys).exists()
    assert (erasure.state, erasure.decided_by) == ("done", second)
    assert (erasure.counts["clients.Client"], erasure.counts["files"]) == (2, 4)
    assert erasure.remains["audit.Event"] >= 1
    assert erasure.remains["clients.ErasedPerson"] == 2


def test_what_others_have_stays_to_the_last_row(file: File, other: File, worker: User, second: User) -> None:
    for case in (file.case, other.case):
        free_beds(case, worker)
    ids = everything_of(other.case)
    before = rows_naming(ids)

    erase(file.case, worker, second)

    assert rows_naming(ids) == before
    assert Client.objects.get(pk=other.client.pk).family_name == "Остающова"
    assert Note.objects.get(case=other.case).text.startswith("Остающ")


def test_the_pictures_go_after_the_commit(
    file: File, worker: User, second: User, settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    free_beds(file.case, worker)
    assert len(pictures(settings)) == 4

    with django_capture_on_commit_callbacks(execute=True):
        erase(file.case, worker, second)

    assert pictures(settings) == []


def pictures(settings: LazySettings) -> list[Path]:
    return [path for path in Path(settings.SCANS_DIR).rglob("*") if path.is_file()]


def test_what_a_row_said_before_goes_although_the_row_was_removed_earlier(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    stay = make_stay(client, date(2026, 11, 1), by=worker, remark="придумано")
    residency.remove_stay(stay=stay, version=stay.version, by=worker, now=NOW)
    history = history_of(type(stay))
    assert history.objects.filter(id=stay.pk).exists()

    erase(client.case, worker, second)

    assert not history.objects.filter(id=stay.pk).exists()


def test_nobody_finds_the_name_in_any_process(file: File, worker: User, second: User) -> None:
    free_beds(file.case, worker)
    index = names.ClientNames()
    asked = Query.parse("Стирашкова", None)
    assert file.client.pk in index.best_matches(asked)

    erase(file.case, worker, second)

    assert index.best_matches(asked) == []
    assert "Стираш" not in str(vars(index._index))


def test_drafts_about_it_go_whoever_wrote_them(file: File, other: File, worker: User, second: User) -> None:
    free_beds(file.case, worker)
    for about, key in (
        (file.case.pk, file.case.data_key),
        (file.client.pk, file.client.data_key),
        (other.case.pk, other.case.data_key),
    ):
        drafts.save_draft(
            form="write_note", about=about, key=key, page=new_id(), sequence=1, content=[("text", "Стирашкова")], by=second, now=NOW
        )  # fmt: skip

    erase(file.case, worker, second)

    assert [draft.about for draft in Draft.objects.all()] == [other.case.pk]


def test_files_that_wait_and_mention_it_go_and_others_stay(file: File, other: File, worker: User, second: User) -> None:
    free_beds(file.case, worker)
    for case in (file.case, other.case):
        job = jobs.start_job("reports.export", by=worker, now=NOW)
        Job.objects.filter(pk=job.pk).update(state="done")
        export = Export.objects.create(
            data_key=worker.data_key, owner=worker, job=job, listing="cases", format="csv", language="en", created_at=NOW, touched_at=NOW
        )  # fmt: skip
        ExportPiece.objects.create(export=export, attempt=export.attempt, number=0, content=b"x", case_ids=[case.pk])
    running = jobs.start_job("reports.export", by=worker, now=NOW)
    Export.objects.create(
        data_key=worker.data_key, owner=worker, job=running, listing="cases", format="csv", language="en", created_at=NOW, touched_at=NOW
    )  # fmt: skip

    erase(file.case, worker, second)

    assert [piece.case_ids for piece in ExportPiece.objects.all()] == [[other.case.pk]]
    running.refresh_from_db()
    assert running.state == "cancelled"


def test_one_of_several_is_erased_and_the_others_keep_what_is_theirs_and_the_case(
    file: File, worker: User, second: User
) -> None:
    free_beds(file.case, worker)
    child = file.case.clients.exclude(pk=file.client.pk).get()
    about_child = make_note(file.case, by=worker, people=[child], text="о ребёнке")
    about_both = make_note(file.case, by=worker, people=[child, file.client], text="об обеих")
    about_nobody = make_note(file.case, by=worker, text="ни о ком")

    erasure = erase(file.case, worker, second, client=child)

    left = set(Note.objects.filter(case=file.case).values_list("pk", flat=True))
    assert about_child.pk not in left
    assert {about_both.pk, about_nobody.pk} <= left
    assert not Client.objects.filter(pk=child.pk).exists()
    assert DataKey.objects.get(pk=child.data_key_id).is_destroyed
    assert not DataKey.objects.get(pk=file.case.data_key_id).is_destroyed
    assert Client.objects.get(pk=file.client.pk).family_name == "Стирашкова"
    (line,) = [line for _number, line in ledger.lines() if line.says == ledger.MEANT]
    assert str(about_child.pk) in line.rows["clients.Note"]
    assert (line.client, line.cases, line.people) == (child.pk, [], [child.pk])
    assert erasure.client_id == child.pk


def test_what_names_nobody_goes_with_a_person_where_it_is_asked_for(file: File, worker: User, second: User) -> None:
    free_beds(file.case, worker)
    child = file.case.clients.exclude(pk=file.client.pk).get()
    make_note(file.case, by=worker, text="ни о ком")
    of_mother = make_note(file.case, by=worker, people=[file.client], text="о матери")

    erase(file.case, worker, second, client=child, unassigned_too=True)

    assert list(Note.objects.filter(case=file.case)) == [of_mother]


def test_who_left_the_case_keeps_a_number_that_was_marked_as_unsafe(worker: User, second: User) -> None:
    case = make_case(team=team_of(worker), by=worker, caseworker=worker)
    mother = make_client(case=case, by=worker)
    son = make_client(case=case, by=worker, relation="child")
    contact = make_contact(son, by=worker, is_safe=True)
    clients.stop_contact(case=case, by=worker, now=NOW)
    case.refresh_from_db()
    lifecycle.split_case(
        case=case, leaving=[son.pk], principal=son.pk, principal_here=None, team=case.team, caseworker=worker, version=case.version,
        by=worker, now=NOW,
    )  # fmt: skip

    erase(Case.objects.get(pk=mother.case_id), worker, second)

    contact.refresh_from_db()
    assert (contact.is_safe, contact.stopped_by) == (False, None)
    assert contact.value == "+996 555 012345"


@pytest.mark.parametrize(("hindrance", "sentence"), [
    ("hold", "legal hold"), ("joined", "joined into"), ("alone", "whole case"), ("principal", "principal applicant"), ("bed", "has a bed"),
])  # fmt: skip
def test_it_is_refused_with_what_is_in_the_way(
    hindrance: str, sentence: str, file: File, other: File, worker: User, second: User
) -> None:
    case, client = file.case, None
    if hindrance != "bed":
        free_beds(case, worker)
    if hindrance == "hold":
        acts.order_hold(case=case, reason="Суд", by=second, now=NOW)
    if hindrance == "joined":
        Case.objects.filter(pk=case.pk).update(
            joined_into=other.case, status="closed", closing_reason="joined", closed_at=NOW
        )
    if hindrance == "alone":
        client = make_client(by=worker)
        case = client.case
    if hindrance == "principal":
        client = file.client

    with pytest.raises(acts.UnableToErase, match=sentence):
        acts.ask_to_erase(case=case, client=client, reason="wish", by=worker, now=NOW)


def test_nobody_confirms_what_they_have_asked_for(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    asked = acts.ask_to_erase(case=client.case, reason="wish", by=second, now=NOW)

    with pytest.raises(acts.UnableToErase, match="yourself"):
        acts.confirm_erasure(erasure=asked, by=second, now=NOW)
    with pytest.raises(IntegrityError, match="erasure_done_by_another_than_asked"), transaction.atomic():
        Erasure.objects.filter(pk=asked.pk).update(state="done", decided_by=second, decided_at=NOW)

    assert Client.objects.filter(pk=client.pk).exists()


def test_a_hold_ordered_meanwhile_stops_what_was_asked_for_and_the_database_too(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    asked = acts.ask_to_erase(case=client.case, reason="wish", by=worker, now=NOW)
    hold = acts.order_hold(case=client.case, reason="Суд", by=worker, now=NOW)

    with pytest.raises(acts.UnableToErase, match="legal hold"):
        acts.confirm_erasure(erasure=asked, by=second, now=NOW)
    for rows in (Case.objects.filter(pk=client.case_id), Client.objects.filter(pk=client.pk)):
        with pytest.raises(IntegrityError, match="legal hold"), transaction.atomic():
            rows._raw_delete(rows.db)  # type: ignore[attr-defined]  # a method of every queryset, which the types do not know

    acts.lift_hold(hold=hold, by=second, now=NOW)
    assert acts.confirm_erasure(erasure=asked, by=second, now=NOW).state == "done"


def test_asked_twice_it_is_asked_once_and_taken_back_it_is_over(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    asked = acts.ask_to_erase(case=client.case, reason="wish", by=worker, now=NOW)
    assert acts.ask_to_erase(case=client.case, reason="danger", by=second, now=NOW) == asked

    assert acts.withdraw_erasure(erasure=asked, by=worker, now=NOW).state == "withdrawn"
    with pytest.raises(acts.UnableToErase, match="taken back"):
        acts.confirm_erasure(erasure=asked, by=second, now=NOW)

    anew = acts.ask_to_erase(case=client.case, reason="danger", by=worker, now=NOW)
    assert acts.withdraw_erasure(erasure=anew, by=second, now=NOW).state == "refused"
    assert acts.withdraw_erasure(erasure=anew, by=worker, now=NOW).state == "refused"


def test_what_is_done_stays_done(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    erasure = erase(client.case, worker, second)

    assert acts.confirm_erasure(erasure=erasure, by=second, now=NOW) == erasure
    for change in ("UPDATE clients_erasure SET state = 'refused'", "DELETE FROM clients_erasure"):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_where_the_ledger_cannot_be_written_nothing_is_erased(
    worker: User, second: User, settings: LazySettings
) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    settings.ERASURE_LEDGER = Path("/proc/nowhere/ledger.jsonl")

    with pytest.raises(acts.UnableToErase, match="ledger"), transaction.atomic():
        erase(client.case, worker, second)

    assert Client.objects.get(pk=client.pk).family_name == "Образцова"


def test_where_the_disk_takes_only_half_of_a_line_nothing_is_erased_and_the_ledger_is_as_it_was(
    worker: User, second: User
) -> None:
    one, other = (make_client(case=make_case(team=team_of(worker), by=worker), by=worker) for _time in range(2))
    erase(one.case, worker, second)
    path = Path(settings.ERASURE_LEDGER)
    before = path.read_bytes()

    with (
        no_file_grows_beyond(len(before) + 200),
        pytest.raises(acts.UnableToErase, match="ledger"),
        transaction.atomic(),
    ):
        erase(other.case, worker, second)

    assert Client.objects.get(pk=other.pk).family_name == "Образцова"
    assert path.read_bytes() == before
    erase(other.case, worker, second)
    assert len(ledger.unclear()) == 2  # both can be read


def test_the_ledger_says_that_it_was_done_once_it_is_committed(
    worker: User, second: User, django_capture_on_commit_callbacks: Any
) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    erasure = erase(client.case, worker, second)
    assert list(ledger.unclear()) == [erasure.pk]

    assert acts.reconcile(NOW) == 1

    (line,) = ledger.done().values()
    assert (line.erasure, line.case, line.decided_by) == (erasure.pk, client.case_id, second.pk)
    assert (ledger.unclear(), ledger.last_done(), acts.reconcile(NOW)) == ({}, erasure.pk, 0)
    assert "Образцова" not in Path(settings.ERASURE_LEDGER).read_text()


@pytest.mark.parametrize("change", [("wish", "mist"), ('"says": "meant"', '"says": "done"'), ("{", "")])
def test_a_line_that_nobody_of_ours_signed_is_refused(change: tuple[str, str], worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    erase(client.case, worker, second)
    path = Path(settings.ERASURE_LEDGER)
    path.write_text(path.read_text().replace(*change, 1))

    with pytest.raises(ledger.LedgerUnreadable, match="line 1"):
        ledger.done()


def test_both_ask_and_act_are_on_record_with_ids_and_counts_alone(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)

    erase(client.case, worker, second)

    asked, done = Event.objects.filter(type__startswith="lifecycle.").order_by("pk")
    assert (asked.type, asked.actor_id, asked.data) == ("lifecycle.erasure_asked", worker.pk, {"reason": "wish"})
    assert (done.type, done.actor_id, done.case_id) == ("lifecycle.case_erased", second.pk, client.case_id)
    assert done.data == {"people": 1, "keys": 2}


def test_of_every_key_that_leads_to_what_may_go_somebody_has_said_what_becomes_of_the_row() -> None:
    undecided = []
    for model in reachable():
        try:
            keys_to(model)
        except KeyError as error:
            undecided.append(str(error))

    assert undecided == []
    assert len(reachable()) > 45
    named = {f"{key.model._meta.label}.{key.name}" for model in reachable() for _other, key, _goes in keys_to(model)}
    assert DECIDED.keys() - named == set()


def test_the_row_of_a_table_from_which_they_came_goes_too_and_stands_in_the_ledger(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    key = DataKey.objects.make("user", now=NOW)
    table = Import.objects.create(
        data_key=key, team=team_of(worker), by=worker, source="csv", headings=[], language="ru", created_at=NOW, touched_at=NOW, submit_token=new_id(),
    )  # fmt: skip
    rows = [
        ImportRow.objects.create(
            data_key=key,
            of=table,
            number=number,
            family=number,
            case=case,
            state="imported" if case else "good",
            imported_at=NOW if case else None,
        )
        for number, case in ((2, client.case), (3, None))
    ]

    erase(client.case, worker, second)

    assert list(ImportRow.objects.all()) == rows[1:]
    (line,) = ledger.unclear().values()
    assert line.rows["clients.ImportRow"] == [str(rows[0].pk)]


def test_a_message_that_a_worker_has_in_its_hands_is_sent_and_nothing_is_written_of_it(
    file: File, worker: User, second: User
) -> None:
    free_beds(file.case, worker)
    reminder = Reminder.objects.filter(client=file.client).select_related("recipient").get()
    Reminder.objects.filter(pk=reminder.pk).update(state="sending", lease_until=NOW, tries=1, settled_at=None, why="")
    reminder.refresh_from_db()

    erase(file.case, worker, second)
    send.record_success(reminder, now=NOW)
    send.record_failure(reminder, DeliveryError("no line"), now=NOW)

    assert not Reminder.objects.filter(pk=reminder.pk).exists()
    assert not Attempt.objects.filter(reminder_id=reminder.pk).exists()


def test_a_task_says_in_the_ledger_what_a_process_that_died_could_not(worker: User, second: User) -> None:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    erasure = erase(client.case, worker, second)

    reconcile_erasures()

    assert list(ledger.done()) == [erasure.pk]
