"""What must never be, the database refuses, whoever writes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction

from casework.clients.models import Address, Case, CaseMember, Client, Contact, Note
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_address, make_case, make_client, make_contact, make_note

pytestmark = pytest.mark.django_db


def refused_by(name: str) -> Any:
    return pytest.raises(IntegrityError, match=name)


def test_a_closed_case_has_its_time() -> None:
    case = make_case()

    with refused_by("case_closed_has_its_time"):
        Case.objects.filter(pk=case.pk).update(status="closed", closing_reason="other")


def test_a_closed_case_has_its_reason() -> None:
    case = make_case()

    with refused_by("case_closed_has_its_reason"):
        Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOW)


def test_an_open_case_has_no_reason_for_closing() -> None:
    case = make_case()

    with refused_by("case_closed_has_its_reason"):
        Case.objects.filter(pk=case.pk).update(closing_reason="other")


def test_a_case_is_archived_only_if_it_is_closed() -> None:
    case = make_case()

    with refused_by("case_archived_only_if_closed"):
        Case.objects.filter(pk=case.pk).update(archived_at=NOW)


@pytest.mark.parametrize("values", [{"closing_reason": "joined"}, {"closing_reason": "other", "joined": True}])
def test_a_case_is_joined_into_another_only_if_that_is_why_it_was_closed(values: dict[str, Any]) -> None:
    case, other = make_case(), make_case()
    joined = {"joined_into": other} if values.pop("joined", False) else {}

    with refused_by("case_joined_is_closed_for_that"):
        Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOW, **values, **joined)


def test_a_case_is_not_joined_into_itself() -> None:
    case = make_case()

    with refused_by("case_not_joined_into_itself"):
        Case.objects.filter(pk=case.pk).update(
            status="closed", closed_at=NOW, closing_reason="joined", joined_into=case
        )


def test_a_case_has_a_priority_that_we_know() -> None:
    case = make_case()

    with refused_by("case_priority_known"):
        Case.objects.filter(pk=case.pk).update(priority="whatever")


def test_a_case_has_one_principal_applicant() -> None:
    client = make_client()
    other = make_client(case=client.case)

    with refused_by("case_has_one_principal"):
        Client.objects.filter(pk=other.pk).update(is_principal=True, relation="principal")


@pytest.mark.parametrize("values", [{"relation": "child"}, {"is_principal": False}])
def test_the_principal_applicant_is_the_one_with_that_relation(values: dict[str, object]) -> None:
    client = make_client()

    with refused_by("principal_is_the_relation_principal"):
        Client.objects.filter(pk=client.pk).update(**values)


def test_codes_and_references_are_given_once() -> None:
    one, other = make_client(), make_client()

    with refused_by("clients_client_reference"), transaction.atomic():
        Client.objects.filter(pk=other.pk).update(reference=one.reference)
    with refused_by("clients_case_code"), transaction.atomic():
        Case.objects.filter(pk=other.case_id).update(code=one.case.code)


def test_nobody_is_named_twice_on_a_case() -> None:
    case, user = make_case(), make_user()
    CaseMember.objects.create(case=case, user=user, named_at=NOW)

    with refused_by("case_member_named_once"):
        CaseMember.objects.create(case=case, user=user, named_at=NOW)


def test_an_address_ends_after_it_begins() -> None:
    address = make_address(make_client(), since=date(2026, 9, 1))

    with refused_by("address_ends_after_it_begins"):
        Address.objects.filter(pk=address.pk).update(until=date(2026, 8, 31))


def test_a_contact_ends_after_it_is_recorded() -> None:
    contact = make_contact(make_client())

    with refused_by("contact_ends_after_it_is_recorded"):
        Contact.objects.filter(pk=contact.pk).update(ended_at=NOW - timedelta(seconds=1))


def test_a_note_has_a_token_of_its_own() -> None:
    case = make_case()
    one, other = make_note(case), make_note(case)

    with refused_by("clients_note_submit_token"):
        Note.objects.filter(pk=other.pk).update(submit_token=one.submit_token)


def test_a_token_that_names_the_record_of_somebody_else_opens_nothing() -> None:
    contact = make_contact(make_client())

    with pytest.raises(SuspiciousOperation):
        make_contact(make_client(), contact_id=contact.pk)
