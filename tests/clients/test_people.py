"""What can happen to the people of a case."""

import uuid
from datetime import date, timedelta

import pytest

from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Client
from casework.lib.dates import Birth
from casework.vault.models import DataKey
from casework.vault.search_form import open_search_form
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def facts_version(client: Client) -> int:
    return Client.objects.values_list("facts_version", flat=True).get(pk=client.pk)


def test_the_first_person_is_the_principal_applicant_and_the_next_are_not() -> None:
    case = make_case()

    first, second = make_client(case=case), make_client(case=case)

    assert (first.is_principal, first.relation) == (True, "principal")
    assert (second.is_principal, second.relation) == (False, "unrelated")


def test_everybody_has_a_data_key_of_their_own() -> None:
    case = make_case()

    one, other = make_client(case=case), make_client(case=case)

    assert one.data_key_id != other.data_key_id
    assert one.data_key.owner_kind == DataKey.OwnerKind.CLIENT


def test_a_second_principal_applicant_is_refused() -> None:
    client = make_client()

    with pytest.raises(actions.UnableToAddClient) as refusal:
        make_client(case=client.case, relation="principal")

    assert refusal.value.field == "relation"


def test_a_case_does_not_begin_with_a_relative() -> None:
    with pytest.raises(actions.UnableToAddClient):
        make_client(relation="child")


def test_a_form_sent_twice_adds_one_person() -> None:
    case, token = make_case(), uuid.uuid4()

    first = make_client(case=case, client_id=token)
    second = make_client(case=case, client_id=token, family_name="Другая")

    assert second == first
    assert case.clients.count() == 1
    assert DataKey.objects.filter(owner_kind=DataKey.OwnerKind.CLIENT).count() == 1


@pytest.mark.parametrize(
    ("birth", "bounds"),
    [
        (Birth(date(1990, 5, 17)), (date(1990, 5, 17), date(1990, 5, 17))),
        (Birth(year=1990), (date(1990, 1, 1), date(1990, 12, 31))),
        (Birth(), (None, None)),
    ],
)
def test_a_birth_is_kept_as_far_as_it_is_known(birth: Birth, bounds: tuple[date | None, date | None]) -> None:
    client = make_client(birth=birth)

    client = Client.objects.get(pk=client.pk)

    assert (client.born_earliest, client.born_latest) == bounds
    assert client.birth == birth


def test_nationalities_stand_once_each_in_the_order_given() -> None:
    assert make_client(nationalities=["UA", "RU", "UA"]).nationalities == ["UA", "RU"]


def test_names_and_other_names_are_sealed_for_the_search() -> None:
    client = make_client(family_name="Образцова", given_name="Анна", other_names="Obraztsova Anna\nПрежняя")

    stored = Client.objects.get(pk=client.pk).search_form
    text = open_search_form(client.pk, stored)

    year, _sort_key, *names = text.splitlines()
    assert year == "1990"
    assert len(names) == 3
    assert names[0].split()[0] == names[1].split()[0]  # in Cyrillic and in Latin letters alike
    assert names[0].split()[0].encode() not in bytes(stored)


def test_a_new_name_is_a_new_search_form_and_no_new_fact() -> None:
    client = make_client()
    before = bytes(client.search_form)

    actions.change_client(client=client, version=1, given_name="Новая", by=make_user(), now=LATER)

    assert bytes(Client.objects.get(pk=client.pk).search_form) != before
    assert facts_version(client) == 1


@pytest.mark.parametrize("fact", [{"birth": Birth(year=1991)}, {"nationalities": ["UA"]}])
def test_what_deadlines_depend_on_raises_the_version_of_the_facts(fact: dict[str, object]) -> None:
    client = make_client()

    actions.change_client(client=client, version=1, by=make_user(), now=LATER, **fact)

    client = Client.objects.get(pk=client.pk)
    assert (client.facts_version, client.facts_changed_at) == (2, LATER)


def test_the_audit_names_what_was_changed_and_not_to_what() -> None:
    client = make_client()

    actions.change_client(
        client=client, version=1, given_name="Тайная", birth=Birth(year=1971), by=make_user(), now=LATER
    )

    event = Event.objects.get(type="clients.client_changed")
    assert event.data == {"fields": ["born_earliest", "born_latest", "given_name"]}
    assert event.case_id == client.case_id


def test_nothing_changed_is_nothing_recorded() -> None:
    client = make_client(given_name="Анна")

    same = actions.change_client(client=client, version=1, given_name="Анна", by=make_user(), now=LATER)

    assert same.version == 1
    assert not Event.objects.filter(type="clients.client_changed").exists()


def test_an_older_version_is_refused_and_changes_nothing() -> None:
    client = make_client(given_name="Анна")
    actions.change_client(client=client, version=1, given_name="Мария", by=make_user(), now=LATER)

    with pytest.raises(ChangedMeanwhile) as conflict:
        actions.change_client(client=client, version=1, given_name="Ольга", by=make_user(), now=LATER)

    assert conflict.value.theirs.given_name == "Мария"
    assert conflict.value.mine == {"given_name": "Ольга"}
    assert "Ольга" not in str(conflict.value)
    assert Client.objects.get(pk=client.pk).given_name == "Мария"


def test_the_principal_applicant_cannot_become_a_relative() -> None:
    with pytest.raises(actions.UnableToChangeClient):
        actions.change_client(client=make_client(), version=1, relation="child", by=make_user(), now=LATER)


def test_a_relative_cannot_become_a_second_principal_applicant() -> None:
    relative = make_client(case=make_client().case, relation="child")

    with pytest.raises(actions.UnableToChangeClient):
        actions.change_client(client=relative, version=1, relation="principal", by=make_user(), now=LATER)


def test_facts_changed_counts_up_from_what_is_stored() -> None:
    client = make_client()
    stale = Client.objects.get(pk=client.pk)

    actions.facts_changed(client, now=NOW)
    actions.facts_changed(stale, now=LATER)

    assert facts_version(client) == 3


def test_nobody_is_named_by_the_text_of_a_row() -> None:
    client = make_client(family_name="Образцова")

    assert str(client) == client.reference
    assert "Образцова" not in repr(client)
