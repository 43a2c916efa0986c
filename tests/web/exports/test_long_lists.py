"""Lists that are too long to be answered at once: written by a worker, sealed, fetched by their owner, gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import Job, Membership, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case
from casework.reports import actions
from casework.reports.models import Export, ExportPiece
from casework.web.exports import work
from casework.web.exports.work import carry_out
from casework.web.tasks import make_export as make_file
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_client
from tests.racing import at_once
from tests.web.cases.pages import signed_in
from tests.web.sign_in.test_step_up import wait

from .files import fetch, lines_of, make_export, rows_of, take

pytestmark = pytest.mark.django_db

FAMILY = "Зяблицына-Длиннова"


@pytest.fixture(autouse=True)
def long_from_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.web.exports.views.lists.AT_ONCE", 2)
    monkeypatch.setattr("casework.reports.actions._ask_a_worker", lambda *_asked: None)


@pytest.fixture
def worker() -> User:
    user = make_user()
    for _number in range(3):
        make_client(team=team_of(user), by=user, family_name=FAMILY)
    return user


def page(browser: Any, export: Export) -> str:
    return str(browser.get(reverse("export", args=[export.pk])).content.decode())


@pytest.mark.parametrize("format", ["xlsx", "csv", "pdf"])
def test_a_long_list_waits_for_its_owner_and_is_the_list(worker: User, format: str) -> None:
    browser = signed_in(worker)
    export = make_export(browser, format=format)

    assert "Fetch the file" in page(browser, export)
    answer = fetch(browser, export)

    if format == "xlsx":
        assert [row["Case"] for row in rows_of(answer)] == [
            row.case.code for row in browser.get("/cases/").context["rows"]
        ]
    elif format == "csv":
        assert len(lines_of(answer)) == 4
    else:
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert int(answer["Content-Length"]) == export.size
    assert (export.job.state, export.job.done, export.job.total) == (Job.State.DONE, 3, 3)


def test_a_broken_line_may_fetch_it_again_and_each_time_is_an_event(worker: User) -> None:
    browser = signed_in(worker)
    export = make_export(browser, query="order=deadline")

    first, second = (b"".join(fetch(browser, export).streaming_content) for _time in range(2))

    events = Event.objects.filter(type="reports.list_exported")
    assert first == second
    assert [event.data for event in events] == [
        {"listing": "cases", "format": "xlsx", "rows": 3, "filters": ["order"]}
    ] * 2


def test_before_it_is_fetched_nothing_has_left(worker: User) -> None:
    make_export(signed_in(worker))

    assert not Event.objects.filter(type="reports.list_exported").exists()


def test_before_it_is_fetched_it_asks_who_it_is(worker: User) -> None:
    browser = signed_in(worker)
    export = make_export(browser)
    wait(browser)

    assert fetch(browser, export)["Location"].startswith("/account/reauthenticate/")


def test_nobody_fetches_the_file_of_somebody_else_even_behind_the_pages(worker: User) -> None:
    export = make_export(signed_in(worker))
    colleague = make_user(team=team_of(worker))

    with pytest.raises(actions.UnableToExport):
        actions.fetch_export(export=export, by=colleague, now=timezone.now())


def test_the_files_of_others_do_not_count(worker: User) -> None:
    for _time in range(3):
        take(signed_in(worker), "cases")
    colleague = signed_in(make_user(team=team_of(worker)))

    take(colleague, "cases")

    assert Export.objects.count() == 4


def test_nobody_else_finds_it(worker: User) -> None:
    export = make_export(signed_in(worker))
    colleague = signed_in(make_user(team=team_of(worker)))

    for name, method in (
        ("export", "get"),
        ("fetch_export", "get"),
        ("cancel_export", "post"),
        ("forget_export", "post"),
    ):
        assert getattr(colleague, method)(reverse(name, args=[export.pk])).status_code == 404
    assert Export.objects.filter(pk=export.pk).exists()


def test_whose_role_has_ended_meanwhile_gets_nothing(worker: User) -> None:
    browser = signed_in(worker)
    export = make_export(browser)
    Membership.objects.filter(user=worker).update(ends_at=timezone.now())

    assert fetch(browser, export).status_code == 403


def test_whose_role_has_ended_before_it_is_written_gets_nothing(worker: User) -> None:
    take(signed_in(worker), "cases")
    export = Export.objects.get()
    Membership.objects.filter(user=worker).update(ends_at=timezone.now())

    carry_out(export_id=export.pk, clock=timezone.now)

    export.refresh_from_db()
    assert (export.job.state, export.ready_at, ExportPiece.objects.count()) == (Job.State.FAILED, None, 0)


def test_who_left_one_of_two_teams_does_not_get_a_file_of_both(worker: User) -> None:
    Membership.objects.create(
        user=worker, team=make_client().case.team, role=Role.CASEWORKER, starts_at=timezone.now() - timedelta(days=9)
    )
    browser = signed_in(worker)
    export = make_export(browser)
    assert export.rows == 4
    Membership.objects.filter(user=worker).exclude(team=Case.objects.last().team).update(ends_at=timezone.now())  # type: ignore[union-attr]

    answer = fetch(browser, export)

    assert answer.status_code == 302
    assert "no longer yours to see" in browser.get(answer["Location"]).content.decode()
    assert not Export.objects.exists()
    assert not Event.objects.filter(type="reports.list_exported").exists()


def test_a_case_that_was_restricted_meanwhile_keeps_the_file_back(worker: User) -> None:
    browser = signed_in(worker)
    export = make_export(browser)
    case = Case.objects.earliest("pk")
    hide(case)

    assert fetch(browser, export).status_code == 302
    assert not ExportPiece.objects.exists()


def test_a_restricted_case_that_one_is_named_on_is_in_it(worker: User) -> None:
    case = Case.objects.earliest("pk")
    hide(case, worker)
    browser = signed_in(worker)

    assert len(rows_of(fetch(browser, make_export(browser)))) == 3


def test_after_an_hour_it_is_gone_for_its_owner_and_then_for_good(
    worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(worker)
    export = make_export(browser)
    Export.objects.filter(pk=export.pk).update(
        ready_at=timezone.now() - timedelta(hours=1), created_at=timezone.now() - timedelta(hours=2)
    )
    Job.objects.filter(pk=export.job_id).update(finished_at=timezone.now() - timedelta(hours=1))
    assert "The hour is over" in page(browser, export)
    assert fetch(browser, export).status_code == 302

    other = make_export(browser)
    Job.objects.filter(pk=other.job_id).update(finished_at=timezone.now() - timedelta(hours=1))
    assert actions.sweep_exports(timezone.now()) == 1
    assert not ExportPiece.objects.exists()


def test_the_sweep_asks_for_a_worker_where_there_is_no_sign_of_life(
    worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[Any] = []
    take(signed_in(worker), "cases")
    export = Export.objects.get()
    monkeypatch.setattr("casework.reports.actions._ask_a_worker", lambda *asked: rung.append(asked))

    actions.sweep_exports(timezone.now())
    assert rung == []
    for _time in range(2):
        actions.sweep_exports(timezone.now() + timedelta(minutes=2))

    assert rung == [(export.pk, export.attempt)]


def test_what_never_ends_is_given_up(worker: User) -> None:
    take(signed_in(worker), "cases")

    assert actions.sweep_exports(timezone.now() + timedelta(hours=13)) == 1
    assert Job.objects.get().state == Job.State.FAILED


def test_its_owner_deletes_it_at_once(worker: User) -> None:
    browser = signed_in(worker)
    export = make_export(browser)

    assert browser.post(reverse("forget_export", args=[export.pk])).status_code == 302
    assert not Export.objects.exists()


def test_a_stopped_one_leaves_nothing_behind(worker: User) -> None:
    browser = signed_in(worker)
    take(browser, "cases")
    export = Export.objects.get()

    browser.post(reverse("cancel_export", args=[export.pk]))
    carry_out(export_id=export.pk, clock=timezone.now)

    export.refresh_from_db()
    assert (export.job.state, export.ready_at) == (Job.State.CANCELLED, None)
    assert not ExportPiece.objects.exists()
    assert fetch(browser, export).status_code == 302


def test_one_that_is_stopped_on_the_way_ends_at_the_next_batch(worker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    take(signed_in(worker), "cases")
    export = Export.objects.get()
    keep = actions.keep_piece

    def stopping(*given: Any, **said: Any) -> bool:
        actions.cancel_export(export=export, by=worker, now=timezone.now())
        return keep(*given, **said)

    monkeypatch.setattr("casework.reports.actions.keep_piece", stopping)
    carry_out(export_id=export.pk, clock=timezone.now)

    export.refresh_from_db()
    assert (export.job.state, export.ready_at, ExportPiece.objects.count()) == (Job.State.CANCELLED, None, 0)


def test_a_second_worker_takes_the_place_of_the_first(worker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(worker)
    take(browser, "cases")
    export = Export.objects.get()
    keep, seen = actions.keep_piece, []

    def interrupted(*given: Any, **said: Any) -> bool:
        monkeypatch.setattr("casework.reports.actions.keep_piece", keep)
        carry_out(export_id=export.pk, clock=timezone.now)
        seen.append(keep(*given, **said))
        return seen[0]

    monkeypatch.setattr("casework.reports.actions.keep_piece", interrupted)
    carry_out(export_id=export.pk, clock=timezone.now)

    assert seen == [False]
    assert len(rows_of(fetch(browser, export))) == 3


def test_a_message_that_comes_again_while_the_file_is_written_stops_nobody(
    worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broker hands a message out anew when nobody has confirmed it for ten minutes, and a long list may take longer."""
    browser = signed_in(worker)
    take(browser, "cases")
    export = Export.objects.get()
    message = {"export_id": str(export.pk), "attempt": str(export.attempt)}
    keep = actions.keep_piece

    def meanwhile(*given: Any, **said: Any) -> bool:
        make_file(**message)
        return keep(*given, **said)

    monkeypatch.setattr("casework.reports.actions.keep_piece", meanwhile)
    make_file(**message)

    export.refresh_from_db()
    assert export.job.state == Job.State.DONE
    assert len(rows_of(fetch(browser, export))) == 3


def test_a_fourth_at_a_time_is_refused_in_words(worker: User) -> None:
    browser = signed_in(worker)
    for _time in range(3):
        take(browser, "cases")

    answer = take(browser, "cases", query="status=any")

    assert answer["Location"] == "/cases/?status=any"
    assert "Three files of yours" in browser.get(answer["Location"]).content.decode()
    assert Export.objects.count() == 3


def test_what_cannot_be_written_says_so(worker: User, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken(*given: Any, **said: Any) -> Any:
        raise RuntimeError(FAMILY)

    monkeypatch.setattr(work, "pieces_of", broken)
    browser = signed_in(worker)
    export = make_export(browser)

    assert export.job.state == Job.State.FAILED
    assert "It could not be written. Try again." in page(browser, export)
    assert FAMILY not in caplog.text


def test_a_list_too_long_for_paper_is_refused_before_it_is_written(
    worker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.reports.pdf.MOST_ROWS", 2)
    browser = signed_in(worker)

    answer = take(browser, "cases", format="pdf")

    assert "3 rows are too many for paper" in browser.get(answer["Location"]).content.decode()
    assert not Export.objects.exists()


def test_it_lies_sealed(worker: User) -> None:
    make_export(signed_in(worker), format="csv", query="status=any")

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(content, '' ORDER BY number) FROM reports_exportpiece")
        stored = bytes(cursor.fetchone()[0])
        cursor.execute("SELECT asked::text FROM reports_export")
        asked = cursor.fetchone()[0]
    assert len(stored) > 300
    assert FAMILY.encode() not in stored
    assert b"status" not in bytes.fromhex(asked[2:])


def test_its_page_costs_few_queries(worker: User) -> None:
    browser = signed_in(worker)
    export = make_export(browser)

    for name in ("export", "fetch_export"):
        with counted_queries() as asked:
            answer = browser.get(reverse(name, args=[export.pk]))
            if answer.streaming:
                b"".join(answer.streaming_content)
        assert len(asked) <= 15


def test_the_database_refuses_what_must_not_be(worker: User) -> None:
    export = make_export(signed_in(worker))

    for wrong in ({"format": "docx"}, {"ready_at": export.created_at - timedelta(days=1)}):
        with pytest.raises(IntegrityError, match=r"export_format_known|export_ready_after"), transaction.atomic():
            Export.objects.filter(pk=export.pk).update(**wrong)
    with pytest.raises(IntegrityError, match="export_piece_once"), transaction.atomic():
        ExportPiece.objects.create(export=export, attempt=export.attempt, number=0, content=b"")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_file(worker: User) -> None:
    browser = signed_in(worker)
    take(browser, "cases")
    export = Export.objects.get()

    outcomes = at_once(*[lambda: carry_out(export_id=export.pk, clock=timezone.now)] * 3)

    assert outcomes == [None] * 3
    export.refresh_from_db()
    assert export.job.state == Job.State.DONE
    assert len(rows_of(fetch(browser, export))) == 3
