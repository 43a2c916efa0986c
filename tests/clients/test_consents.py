"""What people say about their data."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.accounts import actions as accounts
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.consents import said_by
from casework.clients.models import Consent, ToDo
from casework.clients.sharing import Category, Recipient, RecipientKind, Why
from casework.lib.dates import Birth
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.safety import TODAY, make_consent, make_never_contact

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
PARTNER = Recipient(kind=RecipientKind.PARTNER)


def withdraw(consent: Consent, **changes: Any) -> Consent:
    known: dict[str, Any] = {"on": TODAY, "words": "", "version": consent.version, "by": make_user(), "now": LATER}
    return actions.withdraw_consent(consent=consent, today=TODAY, **(known | changes))


def may(client: Any, on: date = TODAY, to: Recipient = PARTNER) -> Any:
    return said_by([client])[client.pk].may_share({Category.IDENTITY}, to, on)


def test_what_was_agreed_may_be_told_and_what_was_withdrawn_may_not() -> None:
    client = make_client()
    assert may(client).because[0].why is Why.NOT_ASKED

    consent = make_consent(client)
    assert may(client).allowed

    withdraw(consent, words="Больше не хочу")
    assert may(client).because[0].why is Why.WITHDRAWN
    assert Consent.objects.get().withdrawal_words == "Больше не хочу"


def test_a_withdrawal_gives_whoever_looks_after_the_case_one_to_do() -> None:
    worker = make_user()
    case = make_case(caseworker=worker, team=worker.memberships.get().team)
    consent = make_consent(make_client(case=case))

    withdrawn = withdraw(consent)
    withdraw(withdrawn, version=withdrawn.version)

    to_do = ToDo.objects.get()
    assert (to_do.owner, to_do.case, to_do.about, to_do.kind) == (worker, case, consent.pk, "withdrawal")
    assert Event.objects.filter(type="clients.consent_withdrawn").count() == 1


def test_a_refusal_that_is_taken_back_gives_nobody_work() -> None:
    worker = make_user()
    case = make_case(caseworker=worker, team=worker.memberships.get().team)

    withdraw(make_consent(make_client(case=case), said="no"))

    assert not ToDo.objects.exists()


def test_a_form_sent_twice_records_one_answer_a_withdrawn_one_too() -> None:
    client, token = make_client(), uuid.uuid4()
    consent = make_consent(client, consent_id=token)
    withdraw(consent)

    assert make_consent(client, consent_id=token) == consent
    assert Event.objects.filter(type="clients.consent_recorded").count() == 1


def test_a_yes_over_a_standing_no_is_refused_until_the_no_is_taken_back() -> None:
    client = make_client()
    no = make_consent(client, said="no", categories=["identity", "needs"])

    with pytest.raises(actions.UnableToRecordConsent) as refusal:
        make_consent(client)
    assert refusal.value.field == "said"

    withdraw(no)
    make_consent(client, now=LATER + timedelta(minutes=1))
    assert may(client).allowed


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"categories": []}, "categories"),
        ({"given_on": TODAY + timedelta(days=1)}, "given_on"),
        ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
        ({"purpose": "authority"}, "recipient_country"),
        ({"basis": "vital_interests"}, "reason"),
        ({"basis": "legal_obligation", "reason": "  "}, "reason"),
        ({"given_by": "guardian", "guardian": ""}, "guardian"),
        ({"given_by": "guardian", "guardian": "Мать Вымышленная"}, "given_by"),
        ({"how": "witness"}, "witness"),
        ({"form_version": "2026-11"}, "language"),
    ],
)
def test_what_is_missing_or_cannot_be_is_said_beside_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(actions.UnableToRecordConsent) as refusal:
        make_consent(make_client(), **fields)

    assert refusal.value.field == field
    assert not Consent.objects.exists()


def test_a_child_needs_a_guardian_but_may_refuse_alone() -> None:
    child = make_client(birth=Birth(date(2012, 5, 1)))

    with pytest.raises(actions.UnableToRecordConsent):
        make_consent(child)
    make_consent(child, given_by="guardian", guardian="Мать Вымышленная")
    assert may(child).allowed
    make_consent(child, said="no")
    assert may(child).because[0].why is Why.REFUSED


def test_the_age_of_consent_of_the_organisation_counts() -> None:
    accounts.change_organisation(version=1, age_of_consent=14, by=make_user(), now=NOW)

    make_consent(child := make_client(birth=Birth(date(2012, 5, 1))))

    assert may(child).allowed


def test_a_withdrawal_is_of_today_or_before_and_not_before_the_answer() -> None:
    consent = make_consent(make_client(), given_on=TODAY - timedelta(days=3))

    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=4)):
        with pytest.raises(actions.UnableToWithdrawConsent):
            withdraw(consent, on=day)
    assert withdraw(consent, on=TODAY - timedelta(days=3)).is_withdrawn


def test_a_correction_names_its_fields_and_a_withdrawn_answer_stays_as_it_is() -> None:
    consent = make_consent(make_client())
    by = make_user()

    changed = actions.change_consent(
        consent=consent, version=1, by=by, now=LATER, today=TODAY, remark="по телефону", language="ru"
    )

    assert Event.objects.get(type="clients.consent_changed").data["fields"] == ["language", "remark"]
    with pytest.raises(ChangedMeanwhile):
        actions.change_consent(consent=consent, version=1, by=by, now=LATER, today=TODAY, remark="нет")
    gone = withdraw(changed)
    with pytest.raises(actions.UnableToRecordConsent):
        actions.change_consent(consent=gone, version=gone.version, by=by, now=LATER, today=TODAY, remark="нет")


def test_the_same_words_are_the_same_recipient() -> None:
    client = make_client()
    make_consent(client, recipient_name="Вымышленный фонд")
    no = make_consent(client, said="no", recipient_name=" вымышленный  Фонд ", categories=["needs"])

    assert Consent.objects.exclude(pk=no.pk).get().recipient == no.recipient


def test_consent_goes_with_the_person_and_never_contact_with_the_case() -> None:
    client = make_client()
    make_consent(client, purpose="authority", recipient_country="KG")
    to = Recipient(kind=RecipientKind.AUTHORITY, country="KG")
    assert may(client, to=to).allowed

    make_never_contact(client.case, kind="authority", value="Вымышленное ведомство", country="KG")

    assert may(client, to=to).because[0].why is Why.NEVER_CONTACT


def test_many_people_cost_three_queries(django_assert_num_queries: Any) -> None:
    case = make_case()
    people = [make_client(case=case), *(make_client(case=case, relation="child") for _ in range(3))]
    for client in people:
        make_consent(client)

    with django_assert_num_queries(3):
        said_by(people)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("consent_of_a_known_kind", {"purpose": "curiosity"}),
        ("consent_is_about_something", {"categories": []}),
        ("consent_is_about_something", {"categories": ["dreams"]}),
        ("consent_refused_on_no_other_basis", {"said": "no", "basis": "vital_interests"}),
        ("consent_ends_after_it_begins", {"valid_until": TODAY - timedelta(days=1)}),
        ("consent_form_has_its_language", {"form_version": "2026-11", "language": ""}),
        ("consent_withdrawn_by_somebody_after_it_was_given", {"withdrawn_on": TODAY}),
    ],
)
def test_the_database_refuses(constraint: str, values: dict[str, Any]) -> None:
    consent = make_consent(make_client())

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(**values)
