"""Every kind of work waits in a queue of its own choosing, not where it happens to fall."""

from pathlib import Path

from casework.config import queues
from casework.config.celery import app

DOCS = Path(__file__).resolve().parents[2] / "docs" / "scale.md"


def ours() -> set[str]:
    app.loader.import_default_modules()
    # Neither of the library, nor those that tests make for themselves.
    return {
        name
        for name, task in app.tasks.items()
        if type(task).__module__.startswith("casework.") or task.run.__module__.startswith("casework.")
    }


def test_every_task_has_one_queue_and_every_queue_only_tasks_that_there_are() -> None:
    routed = [task for tasks in queues.TASKS.values() for task in tasks]

    assert sorted(routed) == sorted(ours())


def test_what_beat_rings_for_goes_where_it_belongs() -> None:
    for entry in app.conf.beat_schedule.values():
        route = app.amqp.router.route({}, entry["task"])
        assert route["queue"].name == queues.ROUTES[entry["task"]]["queue"], entry["task"]


def test_a_worker_takes_from_all_queues_in_the_order_of_their_haste() -> None:
    assert list(app.amqp.queues.consume_from) == ["now", "soon", "bulk"]
    assert app.conf.broker_transport_options["queue_order_strategy"] == "priority"
    # More than one message in hand, and those of another queue would wait behind it.
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_acks_late


def test_the_page_about_scale_names_every_queue() -> None:
    text = DOCS.read_text("utf-8")

    assert all(f"`{name}`" in text for name in queues.TASKS)
