"""What people need: asked, stated, ended; and who may read it."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.access import needs_visible_to
from casework.clients.actions import needs
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Assessment, Need
from casework.clients.need_codes import AREAS, code_label, grouped_choices, need_codes
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.needs import make_need
from tests.racing import at_once

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def reads(user: User, need: Need) -> bool:
    return Need.objects.filter(needs_visible_to(user, NOW, prefix="client__case__"), pk=need.pk).exists()


def test_every_code_has_a_group_and_a_label_in_both_languages() -> None:
    assert len(need_codes()) > 50
    assert all(code.startswith(f"{known.group}-") for code, known in need_codes().items())
    assert all(known.labels["en"] and known.labels["ru"] for known in need_codes().values())
    assert code_label("LP-RD", "ru") == "Риск выдворения"
    assert code_label("XX-YY", "en") == "XX-YY"
    assert len(grouped_choices("en")) == 11


def test_the_caseworker_and_coordinators_of_the_team_read_needs_and_colleagues_do_not() -> None:
    team = make_team()
    worker, colleague, coordinator = make_user(team=team), make_user(team=team), make_user(Role.COORDINATOR, team=team)
    need = make_need(make_client(case=make_case(team=team, caseworker=worker)))

    readers = [worker, coordinator, colleague, make_user(), make_user(Role.COORDINATOR), make_user(Role.ADMINISTRATOR)]

    assert [reads(user, need) for user in readers] == [True, True, False, False, False, False]


def test_of_a_restricted_case_those_named_read_needs_and_no_coordinator_who_is_not() -> None:
    team = make_team()
    worker, named, coordinator = make_user(team=team), make_user(team=team), make_user(Role.COORDINATOR, team=team)
    case = make_case(team=team, caseworker=worker)
    need = make_need(make_client(case=case))
    actions.restrict_case(case=case, people=[worker, named], version=1, by=worker, now=NOW)

    assert [reads(user, need) for user in (worker, named, coordinator)] == [True, True, False]


def test_colleagues_learn_that_somebody_was_asked() -> None:
    client = make_client()
    needs.record_assessment(client=client, assessed_on=TODAY, by=make_user(team=client.case.team), now=NOW)

    assert Assessment.objects.visible_to(make_user(team=client.case.team), NOW).count() == 1
    assert Assessment.objects.visible_to(make_user(), NOW).count() == 0


def test_of_a_person_the_latest_assessment_counts_and_its_review_comes_due() -> None:
    client = make_client()
    worker = make_user(team=client.case.team)
    for day, review in ((date(2026, 9, 1), date(2026, 10, 1)), (date(2026, 10, 5), date(2026, 12, 1))):
        needs.record_assessment(client=client, assessed_on=day, next_review_on=review, by=worker, now=NOW)

    assert [row.assessed_on for row in Assessment.objects.counting()] == [date(2026, 10, 5)]
    assert not Assessment.objects.counting().due(date(2026, 11, 30)).exists()
    assert Assessment.objects.counting().due(date(2026, 12, 1)).exists()


def test_a_need_is_stated_changed_and_ended_and_no_event_says_which() -> None:
    client = make_client()
    worker = make_user(team=client.case.team)
    need = make_need(client, "SV-VO", note="Тайна", by=worker)
    need = needs.change_need(need=need, version=1, level="urgent", note="Иначе", by=worker, now=NOW)
    need = needs.end_need(need=need, on=TODAY, version=2, by=worker, now=NOW)

    assert (need.level, need.until, need.is_open(TODAY)) == ("urgent", TODAY, False)
    assert not Need.objects.open(TODAY).exists()
    said = str(list(Event.objects.filter(case_id=client.case_id).values_list("type", "data")))
    assert "need_recorded" in said
    assert "SV-VO" not in said


def test_an_open_need_is_on_record_once_and_may_come_back_after_it_ended() -> None:
    client = make_client()
    need = make_need(client)

    with pytest.raises(needs.UnableToRecordNeed, match="on record already"):
        make_need(client)
    needs.end_need(need=need, on=TODAY, version=1, by=need.recorded_by, now=NOW)
    make_need(client, since=TODAY)

    assert Need.objects.filter(client=client).count() == 2


def test_what_is_on_no_list_and_what_ends_before_it_begins_is_refused() -> None:
    client = make_client()

    with pytest.raises(needs.UnableToRecordNeed, match="of the list"):
        make_need(client, "LP-XX")
    with pytest.raises(needs.UnableToRecordNeed, match="before it began"):
        make_need(client, until=date(2026, 10, 1))
    with pytest.raises(needs.UnableToRecordNeed, match="ended instead"):
        make_need(client, level="none")
    with pytest.raises(needs.UnableToRecordNeed, match="after the assessment"):
        needs.record_assessment(
            client=client, assessed_on=TODAY, next_review_on=TODAY, by=make_user(team=client.case.team), now=NOW
        )


def test_every_area_of_life_can_be_asked_about() -> None:
    client = make_client()

    for area in AREAS:
        make_need(client, area, kind="general", level="none")

    assert Need.objects.filter(client=client).count() == len(AREAS)
    assert not Need.objects.open(TODAY).exists()


def test_a_declined_suggestion_is_noted_once_and_is_no_need() -> None:
    client = make_client()
    worker = make_user(team=client.case.team)

    rows = {needs.decline_suggestion(client=client, code="LP-RD", by=worker, now=NOW).pk for _number in range(2)}

    assert len(rows) == 1
    assert not Need.objects.stated().exists()


def test_a_mistake_is_removed_unless_it_changed_meanwhile() -> None:
    need = make_need(make_client())

    with pytest.raises(ChangedMeanwhile):
        needs.remove_need(need=need, version=7, by=need.recorded_by, now=NOW)
    needs.remove_need(need=need, version=1, by=need.recorded_by, now=NOW)

    assert not Need.objects.exists()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"until": date(2026, 10, 1)}, "need_ends_after_it_begins"),
        ({"level": "none"}, "need_specific_is_one"),
        ({"declined_at": NOW}, "need_declined_was_suggested"),
    ],
)
def test_the_database_refuses(values: dict[str, object], constraint: str) -> None:
    need = make_need(make_client())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(**values)


def test_the_database_refuses_a_review_before_the_assessment() -> None:
    client = make_client()
    row = needs.record_assessment(client=client, assessed_on=TODAY, by=make_user(team=client.case.team), now=NOW)

    with pytest.raises(IntegrityError, match="assessment_reviewed_later"), transaction.atomic():
        Assessment.objects.filter(pk=row.pk).update(next_review_on=TODAY - timedelta(days=1))


@pytest.mark.django_db(transaction=True)
def test_the_same_need_stated_twice_at_once_is_on_record_once() -> None:
    client, token = make_client(), uuid.uuid4()
    worker = make_user(team=client.case.team)

    at_once(
        lambda: make_need(client, by=worker, need_id=token),
        lambda: make_need(client, by=worker, need_id=token),
        lambda: make_need(client, by=worker),
    )

    assert Need.objects.count() == 1
