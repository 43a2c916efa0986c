"""A database that is killed at random moments while people write leaves nothing half-done, and loses nothing that it said was done."""

import random
import threading
import time
from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from casework.accounts.roles import Role
from casework.audit.models import Event, Unsealed
from casework.audit.seal import seal_waiting
from casework.audit.verify import verify
from casework.clients.models import Case, Client
from casework.config.embedded.environment import Environment
from casework.config.embedded.places import Places
from casework.config.embedded.processes import StopSignals
from casework.residency.actions.deadlines import refresh, stale_clients
from tests.config.embedded.conftest import environment, open_directory, places, stop  # noqa: F401 - fixtures
from tests.factories.accounts import make_team, make_user
from tests.factories.housing import make_beds, make_site
from tests.factories.residency import make_rule

from .killed_database import FAMILY, PATIENCE, Act, Office, seal, server, until, write

WRITERS = 3
SEED = 20261128
TWO_IN_A_BED = """
    SELECT count(*) FROM housing_placement AS a JOIN housing_placement AS b
        ON a.bed_id = b.bed_id AND a.id < b.id AND a.since < b.until AND b.since < a.until
     WHERE a.state = 'booked' AND b.state = 'booked'
"""


@pytest.mark.parametrize("kills", [5, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.django_db(transaction=True)
def test_a_killed_database_leaves_nothing_half_done(
    kills: int,
    environment: Environment,  # noqa: F811 - the fixture of that name
    places: Places,  # noqa: F811 - the fixture of that name
    stop: StopSignals,  # noqa: F811 - the fixture of that name
) -> None:
    chance = random.Random(SEED)
    with server(environment, places, stop) as killed:
        office = make_office()
        threads = [threading.Thread(target=write, args=(office, SEED + n), name=f"writer {n}") for n in range(WRITERS)]
        threads.append(threading.Thread(target=seal, args=(office,), name="sealer"))
        checked = 0
        try:
            office.up.set()
            for thread in threads:
                thread.start()
            for number in range(kills):
                if number and number % 10 == 0:
                    print(f"{number} kills, {checked} acts", flush=True)
                until(partial(something_is_done, office, checked))  # however slow the machine is
                time.sleep(chance.uniform(0.05, 0.6))
                office.up.clear()
                killed.kill()
                connection.close()
                until(lambda: {thread.name for thread in threads} <= office.parked)
                killed.start()
                assert not office.failures
                these = office.acts[checked:]
                look_at_acts(office, these)
                checked += len(these)
                look_at_chain()
                office.up.set()
            until(partial(something_is_done, office, checked))  # the last restart serves as well as the first
        finally:
            office.over.set()
            office.up.set()
            for thread in threads:
                if thread.ident is not None:
                    thread.join(timeout=PATIENCE)
        assert not any(thread.is_alive() for thread in threads)
        assert not office.failures
        look_at_everything(office)
    acknowledged = {id(act): act for act in office.acts if act.acknowledged}  # one that was cut stands there twice
    done = Counter(act.name for act in acknowledged.values())
    print(
        f"\nseed {SEED}, {kills} kills: {len(acknowledged)} acts acknowledged and there, {office.cut} cut, "
        f"{office.cut_and_there} of those there, the others not at all; {dict(done)}"
    )
    assert len(acknowledged) > kills


def make_office() -> Office:
    make_rule()
    team = make_team()
    coordinator, helper = make_user(Role.COORDINATOR, team=team), make_user(team=team)
    there = make_user()
    beds = make_beds(4 * FAMILY, site=make_site(team=team, by=coordinator, now=timezone.now() - timedelta(hours=1)))
    return Office(team=team, coordinator=coordinator, there=there, helper=helper, beds=beds)


def something_is_done(office: Office, since: int) -> bool:
    """Say whether an act came to its end after the last kill. Before it nothing need be there, after it the next are under way."""
    return bool(office.failures) or any(act.acknowledged for act in office.acts[since:])


def look_at_acts(office: Office, acts: list[Act]) -> None:
    """Look for each act done since the last kill; the last of each writer may have been cut."""
    for act in {id(act): act for act in acts}.values():
        is_there = act.is_there()
        if act.cuts and not act.acknowledged:
            office.cut += 1
            office.cut_and_there += is_there


def look_at_chain() -> None:
    seal_waiting()
    assert verify().findings == []
    assert not Unsealed.objects.exists()


def look_at_everything(office: Office) -> None:
    for act in {id(act): act for act in office.acts}.values():
        act.is_there()
    look_at_chain()
    assert set(Counter(Client.objects.values_list("case", flat=True)).values()) == {FAMILY}
    logged = Event.objects.filter(type="lifecycle.case_logged").values_list("case_id", flat=True)
    assert Counter(logged) == Counter(Case.objects.values_list("pk", flat=True))
    subjects = defaultdict(set)
    for model, key in Event.objects.exclude(subject_model="").values_list("subject_model", "subject_id"):
        subjects[model].add(key)
    for model, keys in subjects.items():
        there = {str(pk) for pk in apps.get_model(model)._default_manager.values_list("pk", flat=True)}
        assert keys <= there, f"events about rows of {model} that are not there"
    with connection.cursor() as cursor:
        cursor.execute(TWO_IN_A_BED)
        assert cursor.fetchone() == (0,)
    now = timezone.now()
    assert not stale_clients(now).exists()
    outcome = refresh(client_ids=list(Client.objects.values_list("pk", flat=True)), now=now)
    assert (outcome.created, outcome.changed, outcome.gone, outcome.failed) == (0, 0, 0, ())
