"""What is kept longer than the organisation decided: listed by class, erased by command, never what is held."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.conf import LazySettings
from django.core.management import call_command
from django.utils import timezone

from casework.accounts.roles import Role
from casework.clients import actions as clients
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Client, Complaint, IncomingReferral, RetentionPeriod
from casework.documents.models import Scan
from casework.lifecycle.erasure import acts, ledger
from casework.lifecycle.erasure.periods import OLDER, Kind, change_period, due, erase_older
from casework.lifecycle.erasure.replay import replay
from casework.vault import registry
from casework.vault.models import DataKey
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.referrals import make_complaint, make_incoming
from tests.factories.scans import make_scan

pytestmark = pytest.mark.django_db


def months_ago(months: int) -> Any:
    return timezone.now() - relativedelta(months=months) - timedelta(days=1)


@pytest.fixture
def worker() -> Any:
    return make_user()


def closed(worker: Any, months: int) -> Client:
    client = make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    Case.objects.filter(pk=client.case_id).update(
        status="closed", closing_reason="needs_met", closed_at=months_ago(months)
    )
    return client


def keep(**months: int) -> None:
    for kind, number in months.items():
        RetentionPeriod.objects.create(kind=kind, months=number)


def ids(kind: str) -> list[Any]:
    (found,) = due(timezone.now(), [kind])
    return found.ids


def test_the_classes_are_those_of_the_register() -> None:
    assert set(OLDER) == set(Kind.values)
    assert set(Kind.values) <= registry.retentions().keys()


def test_without_a_period_nothing_is_due(worker: Any) -> None:
    closed(worker, 300)

    assert due(timezone.now()) == []


def test_a_case_is_due_once_its_months_are_over_and_not_while_it_is_open_or_held(worker: Any) -> None:
    keep(case=12)
    old, young, held = closed(worker, 12), closed(worker, 11), closed(worker, 13)
    make_client(case=make_case(team=team_of(worker), by=worker), by=worker)
    acts.order_hold(case=held.case, reason="Суд", by=worker, now=timezone.now())

    assert ids("case") == [old.case_id]
    assert due(timezone.now(), ["case"])[0].held == 1
    assert Case.objects.filter(pk=young.case_id).exists()


def test_pictures_go_earlier_than_the_case_and_the_ledger_repeats_it(
    worker: Any, settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    keep(scan=6)
    client, young = closed(worker, 6), closed(worker, 5)
    scan, other = make_scan(client, by=worker), make_scan(young, by=worker)
    files = len(list(Path(settings.SCANS_DIR).glob("??/*")))

    with django_capture_on_commit_callbacks(execute=True):
        removed = erase_older("scan", now=timezone.now())

    assert list(Scan.objects.all()) == [other]
    assert len(list(Path(settings.SCANS_DIR).glob("??/*"))) == files // 2
    assert Client.objects.get(pk=client.pk).family_name == "Образцова"
    assert removed.keys == []
    (line,) = ledger.done().values()
    assert line.rows == {"documents.Scan": [str(scan.pk)]}

    Scan.objects.bulk_create([scan])
    assert len(replay(now=timezone.now()).again) == 1
    assert list(Scan.objects.all()) == [other]
    assert replay(now=timezone.now()).again == []


def test_referrals_that_became_no_case_and_complaints_go_with_their_keys(worker: Any) -> None:
    keep(referral_in=3, complaint=3)
    referral = make_incoming(team=team_of(worker), by=worker)
    clients.decline_incoming(
        referral=referral, reason="other", words="Нет мест", version=1, by=worker, now=months_ago(3)
    )
    waiting = make_incoming(team=team_of(worker), by=worker, family_name="Ждущая")
    complaint = make_complaint(team=team_of(worker))
    Complaint.objects.filter(pk=complaint.pk).update(state="closed", outcome="upheld", closed_at=months_ago(3))

    for kind in ("referral_in", "complaint"):
        erase_older(kind, now=timezone.now())

    assert list(IncomingReferral.objects.all()) == [waiting]
    assert not Complaint.objects.exists()
    assert DataKey.objects.get(pk=referral.data_key_id).is_destroyed
    assert DataKey.objects.get(pk=complaint.data_key_id).is_destroyed
    assert not DataKey.objects.get(pk=waiting.data_key_id).is_destroyed

    # The process died before the ledger said that it was done; then a backup of before comes back.
    assert (len(ledger.unclear()), acts.reconcile(timezone.now()), len(ledger.unclear())) == (2, 2, 0)
    IncomingReferral.objects.bulk_create([referral])
    Complaint.objects.bulk_create([complaint])
    assert len(replay(now=timezone.now()).again) == 2
    assert (list(IncomingReferral.objects.all()), Complaint.objects.count()) == ([waiting], 0)
    assert replay(now=timezone.now()).again == []


def test_cases_never_go_by_command(worker: Any) -> None:
    keep(case=1)
    client = closed(worker, 2)
    with pytest.raises(ValueError, match="two people"):
        erase_older("case", now=timezone.now())

    out = StringIO()
    call_command("erase_older", "--erase", stdout=out)

    assert client.case.code in out.getvalue()
    assert Case.objects.filter(pk=client.case_id).exists()


def test_the_command_lists_and_erases_nothing_unless_it_is_told_to(worker: Any) -> None:
    keep(scan=1)
    scan = make_scan(closed(worker, 2), by=worker)
    out = StringIO()

    call_command("erase_older", stdout=out)

    assert str(scan.pk) in out.getvalue()
    assert "Nothing was erased." in out.getvalue()
    assert "No period is set for: case, referral_in, complaint, host." in out.getvalue()
    assert Scan.objects.exists()
    call_command("erase_older", "--erase", stdout=out)
    assert not Scan.objects.exists()


def test_two_who_change_a_period_do_not_overwrite_each_other() -> None:
    administrator, now = make_user(Role.ADMINISTRATOR), timezone.now()
    change_period(kind="case", months=12, version=1, by=administrator, now=now)

    with pytest.raises(ChangedMeanwhile):
        change_period(kind="case", months=24, version=1, by=administrator, now=now)

    assert RetentionPeriod.objects.get().months == 12
