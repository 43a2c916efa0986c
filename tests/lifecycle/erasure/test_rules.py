"""No class of data is without an end, or without a reason why it has none."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from casework.accounts.jobs import forget_old_jobs, old_jobs, start_job
from casework.accounts.models import Job
from casework.clients.models import Case, Client, RetentionPeriod
from casework.config.celery import app
from casework.housing.models import HostOffer
from casework.lifecycle.erasure.periods import BY_COMMAND, OLDER, due, erase_older
from casework.lifecycle.erasure.reach import reachable
from casework.lifecycle.erasure.rules import RULES, How, of_kind, swept
from casework.vault import registry
from casework.vault.models import DataKey
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.housing import make_host

OF_WHICH = {
    "clients.Case",
    "clients.Client",
    "vault.DataKey",
}  # from these everything is reached; keys are destroyed by their ids


def tables_of(kind: str) -> set[str]:
    entries = registry.entries().values()
    return {each.column.table for each in entries if each.retention == kind}


def test_each_class_of_the_register_has_a_rule_and_each_rule_a_class_with_tables() -> None:
    assert RULES.keys() == registry.retentions().keys()
    assert [kind for kind in RULES if not tables_of(kind)] == []


def test_each_rule_says_how_it_ends_or_why_it_does_not() -> None:
    assert {kind for kind, _rule in of_kind(How.PERIOD)} == set(OLDER) == set(RetentionPeriod.Kind.values)
    assert set(BY_COMMAND) == set(OLDER) - {"case"}
    assert [kind for kind, rule in RULES.items() if rule.how != How.PERIOD and not str(rule.says)] == []


def test_what_goes_by_itself_has_a_task_that_runs_by_the_clock_and_a_count() -> None:
    app.loader.import_default_modules()
    by_clock = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    for kind, rule in of_kind(How.SWEPT):
        assert rule.task in by_clock, kind
        assert rule.task in app.tasks, kind
        assert rule.waiting is not None, kind


def test_each_table_that_says_it_goes_with_the_case_does() -> None:
    reached = {model._meta.label for model in reachable()} | OF_WHICH
    for kind in ("case", "scan", "delivery", "referral_in"):
        of = {table for table in tables_of(kind) if not hasattr(apps.get_model(table), "pgh_tracked_model")}
        assert of - reached == set(), kind


def test_what_is_kept_for_ever_as_about_nobody_holds_nothing_about_anybody() -> None:
    own = {
        "clients.ImportMemory",
        "socialaccount.SocialApp",
    }  # names of columns; the secret of the organisation's own sign-in
    for kind in ("installation", "rules", "programme", "donor_report", "audit", "erasure"):
        found = [
            f"{each.column.table}.{each.column.name}"
            for each in registry.entries().values()
            if each.retention == kind and each.sensitivity in registry.HARMFUL and each.column.table not in own
        ]
        assert found == [], kind
    assert Case._meta.label in OF_WHICH
    assert Client._meta.label in OF_WHICH


@pytest.mark.django_db
def test_offers_of_hosts_that_came_to_nothing_go_with_their_keys() -> None:
    RetentionPeriod.objects.create(kind="host", months=6)
    team, old = make_team(), NOW - timedelta(days=200)
    gone, young, used = (make_host(team=team) for _each in range(3))
    HostOffer.objects.filter(pk__in=[gone.pk, used.pk]).update(made_at=old)
    HostOffer.objects.filter(pk__in=[gone.pk, young.pk]).update(state="declined")
    HostOffer.objects.filter(pk=young.pk).update(made_at=NOW - timedelta(days=100))
    (found,) = due(NOW, ["host"])

    erase_older("host", now=NOW)

    assert found.ids == [gone.pk]
    assert set(HostOffer.objects.values_list("pk", flat=True)) == {young.pk, used.pk}
    assert DataKey.objects.get(pk=gone.data_key_id).is_destroyed


@pytest.mark.django_db
def test_the_dry_run_says_what_goes_by_itself_and_leaves_it_there() -> None:
    user = make_user()
    job = start_job("test.old", by=user, now=NOW)
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=NOW - timedelta(days=91))
    out = StringIO()

    call_command("erase_older", stdout=out)

    assert "work: 1 go by themselves with the next sweep (ninety days after it was done)" in out.getvalue()
    assert "Kept, see /retention/ for why: audit, erasure, rules" in out.getvalue()
    assert {kind: count for kind, _rule, count in swept(NOW)}["work"] == 1
    assert Job.objects.exists()


@pytest.mark.django_db
def test_long_work_is_forgotten_after_ninety_days_unless_something_speaks_of_it() -> None:
    user = make_user()
    old, young, running = (start_job(f"test.{number}", by=user, now=NOW) for number in range(3))
    Job.objects.filter(pk=old.pk).update(state="done", finished_at=NOW - timedelta(days=91))
    Job.objects.filter(pk=young.pk).update(state="done", finished_at=NOW - timedelta(days=89))

    assert list(old_jobs(NOW)) == [Job.objects.get(pk=old.pk)]
    assert forget_old_jobs(NOW) == 1

    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, running.pk}
