"""No migration after the baseline makes people wait the longer the more they have recorded, unless it says why it may."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from casework.config.upgrades.plan import step_of

from .source import ROOT

BASELINE = ROOT / "tests" / "guards" / "migrations_of_the_baseline.txt"
# Tables that hold what an organisation sets up, some dozens of rows however many people it supports.
SMALL = {
    *("accounts_team", "accounts_organisation", "accounts_user", "accounts_membership", "accounts_invitation", "accounts_absence"),
    *("accounts_taskrun", "accounts_token", "accounts_savedfilter", "accounts_recovery", "accounts_counter"),
    *("clients_programme", "clients_partner", "clients_offer", "clients_scheme", "clients_schemeversion", "clients_import"),
    *("residency_rule", "residency_calendarday", "documents_documenttype", "reminders_policy", "reminders_kindpolicy"),
    *("reminders_heartbeat", "reports_export", "reports_donorreport", "housing_site", "housing_unit", "housing_bed", "housing_lease"),
}  # fmt: skip


def migrations_since(loader: MigrationLoader) -> list[str]:
    known = set(BASELINE.read_text().split())
    ours = {
        f"{app}.{name}" for (app, name), it in loader.disk_migrations.items() if it.__module__.startswith("casework.")
    }
    return sorted(ours - known)


@pytest.mark.django_db(transaction=True)  # what is done beside a transaction is refused within one
def test_migrations_since_the_baseline_make_nobody_wait() -> None:
    loader = MigrationLoader(connection)
    wrong = []
    for label in migrations_since(loader):
        app, _dot, name = label.partition(".")
        migration = loader.disk_migrations[app, name]
        step = step_of(loader, migration, {}, set())
        if step.why_it_may_lock:
            continue
        wrong += [
            f"{label}: {judged.sql[:100]} ({judged.lasts.value}; {judged.blocks} wait). Instead: {judged.advice or 'see docs/upgrades.md'}"
            for judged, _seconds in step.judged
            if (judged.grows or judged.breaks_older) and judged.table not in SMALL
        ]

    assert wrong == []


def test_the_baseline_names_only_migrations_that_are_there() -> None:
    there = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}

    assert set(BASELINE.read_text().split()) - there == set()
