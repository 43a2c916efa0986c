"""After a leak: other data keys, everything sealed anew, the old keys destroyed, and nothing lost on the way."""

import io
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import Draft, User
from casework.audit.history import history_of
from casework.audit.models import Event
from casework.clients.models import Case, Client, Contact, Note
from casework.documents import storage
from casework.documents.actions.scans import remove_orphans
from casework.documents.models import ScanPage
from casework.lifecycle import key_renewal
from casework.lifecycle.tasks import destroy_replaced_keys
from casework.reports.models import Export
from casework.vault import renewal
from casework.vault.actions import destroy_key
from casework.vault.errors import DataKeyReplaced
from casework.vault.fields import ERASED, encrypted_fields
from casework.vault.models import DataKey
from casework.web.exports.work import carry_out
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact, make_note
from tests.factories.documents import make_document
from tests.factories.safety import make_consent, make_never_contact
from tests.factories.scans import make_scan
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def case(worker: User) -> Case:
    """A case with everything that hangs on it: sealed rows, their history, a scan, a draft."""
    case = make_case(team=team_of(worker), caseworker=worker)
    person = make_client(case=case, by=worker)
    make_document(person, by=worker)
    make_scan(person, by=worker)
    make_note(case, by=worker, text="Первая запись")
    make_consent(person, by=worker)
    make_never_contact(case, by=worker, value="+996 700 000111")
    contact = make_contact(person, by=worker)
    for number in range(3):
        contact.value = f"+996 555 00000{number}"
        contact.save()
    person.family_name = "Иначева"
    person.save()
    Draft.objects.create(
        user=worker, form="x", about=case.pk, page=case.pk, sequence=1, data_key=case.data_key, content=[["a", "б"]],
        saved_at=NOW,
    )  # fmt: skip
    return case


def renewed(*options: str) -> str:
    said = io.StringIO()
    call_command("rotate_keys", *options, stdout=said, stderr=said)
    return said.getvalue()


def everything() -> dict[Any, Any]:
    """What is sealed, read: by model, row and field."""
    return {
        (model._meta.label, row.pk, field.name): getattr(row, field.name)
        for model in renewal.models_with_keys()
        for row in model._base_manager.select_related("data_key")
        for field in encrypted_fields(model)
    }


def bytes_under(key: DataKey) -> int:
    """How many stored values a holder of the key still opens."""
    return sum(model._base_manager.filter(data_key=key).count() for model in renewal.models_with_keys())


def test_after_it_everything_says_the_same_under_other_keys(case: Case) -> None:
    before, history = everything(), history_of(Contact).objects.count()
    keys = key_renewal.keys_of_case(case)
    pages = {page.pk: b"".join(storage.read(page.file_id, page.scan.data_key)) for page in ScanPage.objects.all()}
    assert len(keys) == 2
    assert history >= 3

    renewed("--of-case", case.code, "--batch-size", "2")

    assert [bytes_under(key) for key in keys] == [0, 0]
    assert everything() == before
    assert ERASED not in before.values()
    assert history_of(Contact).objects.count() == history
    found = Case.objects.get(pk=case.pk)
    assert found.data_key_id not in {key.pk for key in keys}
    for page in ScanPage.objects.select_related("scan__data_key"):
        assert b"".join(storage.read(page.file_id, page.scan.data_key)) == pages[page.pk]
    (event,) = Event.objects.filter(type="lifecycle.data_keys_replaced")
    assert (event.case_id, event.data) == (case.pk, {"keys": 2})


def test_the_old_keys_open_nothing_any_more_and_are_destroyed_after_an_hour(case: Case) -> None:
    keys = key_renewal.keys_of_case(case)
    before = everything()
    renewed("--of-case", case.code)
    now = timezone.now()

    assert key_renewal.destroy_replaced(now=now + timedelta(minutes=59)) == 0
    assert all(DataKey.objects.get(pk=key.pk).cipher() for key in keys)
    assert key_renewal.destroy_replaced(now=now + timedelta(minutes=61)) == 2

    assert all(DataKey.objects.get(pk=key.pk).is_destroyed for key in keys)
    assert everything() == before
    destroy_replaced_keys()
    assert Event.objects.filter(type="lifecycle.replaced_keys_destroyed").count() == 1


def test_history_can_still_not_be_changed_by_anybody_else(case: Case) -> None:
    renewed("--of-case", case.code)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        history_of(Contact).objects.update(is_safe=False)


def test_a_page_that_is_open_meanwhile_reads_and_what_it_writes_late_is_moved_too(case: Case, worker: User) -> None:
    stale = Case.objects.get(pk=case.pk)
    person = Client.objects.get(case=case)
    name = person.family_name
    renewed("--of-case", case.code)

    assert stale.data_key.cipher()
    assert Client.objects.get(pk=person.pk).family_name == name
    late = make_note(stale, by=worker, text="Поздняя запись")
    assert Note.objects.get(pk=late.pk).data_key_id == stale.data_key_id

    assert key_renewal.destroy_replaced(now=timezone.now() + timedelta(hours=2)) == 2
    assert Note.objects.get(pk=late.pk).text == "Поздняя запись"


def test_half_of_a_row_is_never_written_under_the_key_that_it_had(case: Case, worker: User) -> None:
    note = Note.objects.get(case=case)
    assert note.text == "Первая запись"
    renewed("--of-case", case.code)

    note.text = "Поправленная"
    with pytest.raises(DataKeyReplaced), transaction.atomic():
        note.save(update_fields=["text"])

    assert Note.objects.get(pk=note.pk).text == "Первая запись"
    note.save()
    assert Note.objects.get(pk=note.pk).text == "Поправленная"


def test_erasing_somebody_later_destroys_the_older_keys_too_and_the_ledger_says_so(
    case: Case, caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: Any
) -> None:
    caplog.set_level(logging.INFO, "casework.vault.erasures")
    old = case.data_key
    renewed("--of-case", case.code)
    newer = Case.objects.get(pk=case.pk).data_key

    with django_capture_on_commit_callbacks(execute=True):
        destroy_key(newer, by=None, now=NOW)

    assert DataKey.objects.get(pk=old.pk).is_destroyed
    assert DataKey.objects.get(pk=newer.pk).is_destroyed
    ledger = [line for line in caplog.messages if line.startswith("destroyed data key")]
    assert [line.split()[3] for line in ledger] == [str(newer.pk), str(old.pk)]


def test_erasing_by_whoever_holds_the_older_key_in_their_hands_reaches_the_newer(case: Case) -> None:
    old = case.data_key
    renewed("--of-case", case.code)

    destroy_key(old, by=None, now=NOW)

    assert old.is_destroyed
    assert Case.objects.get(pk=case.pk).data_key.is_destroyed
    assert renewal.replace_some([old.pk], now=NOW) == 0


def test_stopped_in_the_middle_it_goes_on_with_the_same_keys(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    before, keys, moved = everything(), key_renewal.keys_of_case(case), []
    move = renewal._move_some

    def stopping(model: Any, after: Any, size: int) -> Any:
        moved.append(move(model, after, 1))
        if sum(count for _rows, count in moved) >= 3:
            raise KeyboardInterrupt
        return moved[-1]

    monkeypatch.setattr(renewal, "_move_some", stopping)
    with pytest.raises(CommandError, match="Stopped"):
        renewed("--of-case", case.code)
    monkeypatch.undo()
    assert sum(bytes_under(key) for key in keys)
    assert everything() == before
    fresh = DataKey.objects.filter(replaces__isnull=False).count()

    renewed("--of-case", case.code)

    assert sum(bytes_under(key) for key in keys) == 0
    assert everything() == before
    assert DataKey.objects.filter(replaces__isnull=False).count() == fresh == 2


def test_everybody_and_one_member_of_staff(case: Case, worker: User) -> None:
    before, count = everything(), DataKey.objects.count()

    renewed("--of-user", worker.email)
    assert DataKey.objects.replaced().count() == 1
    renewed("--of-everybody")

    assert everything() == before
    assert DataKey.objects.replaced().count() == count + 1
    with pytest.raises(CommandError, match="Nobody has the address"):
        renewed("--of-user", "nobody@example.org")
    with pytest.raises(CommandError, match="There is no case"):
        renewed("--of-case", "C-000-000")


def test_a_file_that_waits_to_be_fetched_is_under_the_other_key_too(
    worker: User, case: Case, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    monkeypatch.setattr("casework.web.exports.views.lists.AT_ONCE", 0)
    browser = Browser()
    browser.force_login(worker)
    assert browser.post("/exports/cases/?status=any", {"format": "csv"}).status_code == 302
    export = Export.objects.get()
    renewed("--of-user", worker.email)
    assert Export.objects.get().data_key_id == export.data_key_id  # nobody has begun to write it: let alone
    carry_out(export_id=export.pk, clock=timezone.now)

    renewed("--of-user", worker.email)

    assert Export.objects.get().data_key_id != export.data_key_id
    fetched = browser.get(f"/files/{export.pk}/content/")
    assert case.code.encode() in fetched.getvalue()


def test_old_pictures_go_with_the_sweep(case: Case) -> None:
    old = {page.file_id for page in ScanPage.objects.all()}
    renewed("--of-case", case.code)
    assert all(storage.path_of(each).exists() for each in old)

    remove_orphans(now=timezone.now() + timedelta(hours=2))

    assert not any(storage.path_of(each).exists() for each in old)
    assert all(storage.path_of(page.file_id).exists() for page in ScanPage.objects.all())


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_inserted_in_the_moment_of_destruction_is_not_lost(worker: User) -> None:
    case = make_case(team=team_of(worker), caseworker=worker)
    stale = Case.objects.select_related("data_key").get(pk=case.pk)
    renewed("--of-case", case.code)
    later = timezone.now() + timedelta(hours=2)

    at_once(
        lambda: make_note(stale, by=worker, text="В последний миг"),
        lambda: renewal.destroy_replaced(now=later),
        lambda: renewal.destroy_replaced(now=later),
    )

    for note in Note.objects.filter(case=case):
        if not note.data_key.is_destroyed:
            assert note.text == "В последний миг"
    # Whoever came first: the row is there and readable, or the key was destroyed before and the row did not come.
    assert all(not note.data_key.is_destroyed for note in Note.objects.filter(case=case))


def test_a_key_is_replaced_by_another_once(case: Case) -> None:
    key = DataKey.objects.get(pk=case.data_key_id)
    others = DataKey.objects.make_many("case", 2, now=NOW)

    def stored(**values: Any) -> None:
        with transaction.atomic():
            DataKey.objects.filter(pk=key.pk).update(**values)

    for wrong in ({"replaced_by": key, "replaced_at": NOW}, {"replaced_at": NOW}, {"replaced_by": others[0]}):
        with pytest.raises(IntegrityError, match="vault_data_key_replaced_by_another"):
            stored(**wrong)
    stored(replaced_by=others[0], replaced_at=NOW)
    with pytest.raises(IntegrityError, match="stays destroyed"):
        stored(replaced_by=others[1])
