"""Ten thousand people, half-way killed: nobody lost, nobody twice, memory flat, the bar true."""

import resource
from pathlib import Path

import pytest
from django.utils import timezone

from casework.accounts.models import Job
from casework.clients.models import Case, Client, Import
from casework.lib.ids import new_reference
from casework.lifecycle.importing import starting, work
from tests.reminders.test_killed_worker import kill, start_worker, wait_until

from .tables import brought_in, csv_of, people
from .test_killed_worker import ring

NUMBER = 10_000
DOUBLES = 40
MOST_GROWTH = 60_000  # KB: the names of everybody are held in memory, and nothing of the table but digests


def job_of(of: Import) -> Job:
    job = Import.objects.select_related("job").get(pk=of.pk).job
    assert job is not None
    return job


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_thousand_people_are_checked_and_recorded_in_flat_memory_by_workers_that_are_killed(tmp_path: Path) -> None:
    now, log = timezone.now(), tmp_path / "worker.log"
    rows = people(NUMBER)
    twins = [[*rows[at * 200]] for at in range(DOUBLES)]
    of = brought_in(csv_of([*rows, *twins]), now=now)
    starting.choose_columns(of=of, columns=of.columns, day_order="", by=of.by, now=now, asks=False)

    # The dry run, here: memory is taken after a tenth, and at the end.
    taken: list[int] = []
    seen: list[tuple[int, int]] = []

    def look(done: int, total: int) -> None:
        seen.append((done, total))
        if done >= total // 10 and not taken:
            taken.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    work.carry_out(import_id=of.pk, clock=timezone.now, told=look)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - taken[0]
    assert grown < MOST_GROWTH
    assert [done for done, _total in seen] == sorted({done for done, _total in seen})
    assert {total for _done, total in seen} == {NUMBER + DOUBLES}
    assert of.rows.filter(state="double").count() == DOUBLES

    # The recording, by a worker that is killed half-way, and by two that take over at once.
    of = Import.objects.get(pk=of.pk)
    starting.record_people(of=of, by=of.by, now=timezone.now(), asks=False)
    for is_last in (False, True):
        queue = f"test-{new_reference()}"
        worker = start_worker(tmp_path, queue)
        try:
            ring(queue, of)
            if is_last:
                ring(queue, of)
                wait_until(lambda: not Import.objects.get(pk=of.pk).is_under_way, 3600, log)
            else:
                wait_until(lambda: Client.objects.count() > NUMBER // 2, 3600, log)
        finally:
            kill(worker)
        job = job_of(of)
        # What the bar says is what is on record.
        assert (job.done, job.total) == (Client.objects.count(), NUMBER)

    assert (Client.objects.count(), Case.objects.count()) == (NUMBER, NUMBER)
    assert len(set(of.rows.filter(state="imported").values_list("case", flat=True))) == NUMBER
    assert of.rows.filter(state="double").count() == DOUBLES
