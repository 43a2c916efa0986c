"""Clients are found by name in any script, by those who may see them, as soon as they are committed."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from casework.accounts.models import Team
from casework.accounts.roles import Role
from casework.clients import actions, names
from casework.clients.models import Case, Client
from casework.lib.dates import Birth
from casework.lib.ids import new_reference
from casework.lib.names import Query, search_form
from casework.vault.models import DataKey
from casework.vault.search_form import open_search_form, seal_search_form
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import hide, make_case, make_client


@pytest.fixture
def team(db: None) -> Team:
    return make_team()


def found_by(user: Any, text: str, **options: Any) -> list[Client]:
    people = {client.pk: client for client in Client.objects.all()}
    return [people[pk] for pk in names.find(user, text, now=NOW, **options)]


def test_a_client_is_found_in_cyrillic_and_latin_with_a_typo(team):
    client = make_client(team=team, family_name="Небывалова", given_name="Выдумана", patronymic="Евгеньевна")
    worker = make_user(team=team)

    for text in ("Небывалова Выдумана", "vydumana nebyvalova", "Nebyvalowa Wydumana", "Небвалова Выдумана"):
        assert found_by(worker, text) == [client]


def test_a_client_is_found_by_other_names(team):
    client = make_client(team=team, family_name="Небывалова", other_names="Nobodynsky Anna\nПридуманова")
    worker = make_user(team=team)

    assert found_by(worker, "Придуманова") == [client]
    assert found_by(worker, "nobodinski") == [client]


def test_a_year_in_the_text_is_the_birth_year(team):
    case = make_case(team=team)
    older, younger = (
        make_client(case=case, family_name="Небывалова", given_name="Анна", birth=Birth(date(year, 5, 1)))
        for year in (1961, 1999)
    )
    worker = make_user(team=team)

    assert found_by(worker, "Nebyvalova Anna 1999") == [younger, older]
    assert found_by(worker, "Nebyvalova Anna", birth_year=1961) == [older, younger]


def test_clients_of_other_teams_are_not_found(team):
    make_client(team=make_team(), family_name="Небывалова")

    assert found_by(make_user(team=team), "Небывалова") == []


def test_a_restricted_case_is_found_by_those_named_on_it_only(team):
    named, other = make_user(team=team), make_user(team=team)
    client = make_client(team=team, family_name="Небывалова")
    hide(client.case, named)

    assert found_by(named, "Небывалова") == [client]
    assert found_by(other, "Небывалова") == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, Role.POLICY_EDITOR])
def test_roles_that_see_no_people_find_nobody(team, role):
    make_client(team=team, family_name="Небывалова")

    assert found_by(make_user(role), "Небывалова") == []


def test_who_may_see_more_people_than_are_named_to_the_index_finds_the_same(team, monkeypatch):
    case = make_case(team=team)
    mine = [make_client(case=case, family_name="Небывалова", given_name=given) for given in ("Анна", "Алла", "Инна")]
    make_client(team=make_team(), family_name="Небывалова", given_name="Анна")
    worker = make_user(team=team)
    expected = found_by(worker, "Небывалова Анна")
    monkeypatch.setattr(names, "NAMED_TO_THE_INDEX", 1)

    assert found_by(worker, "Небывалова Анна") == expected
    assert expected[0] == mine[0]


def test_a_search_costs_three_queries_whatever_it_finds(team, django_assert_num_queries: DjangoAssertNumQueries):
    for number in range(5):
        make_client(team=team, family_name=f"Небывалова {number}")
    worker = make_user(team=team)
    names.find(worker, "Небывалова", now=NOW)

    with django_assert_num_queries(3):
        names.find(worker, "Небывалова", now=NOW)


def test_text_without_letters_asks_nobody(team, django_assert_num_queries: DjangoAssertNumQueries):
    worker = make_user(team=team)

    with django_assert_num_queries(0):
        assert names.find(worker, "1990", now=NOW) == []


def test_a_changed_name_replaces_the_old_one(team):
    client = make_client(team=team, family_name="Небывалова", given_name="Анна")
    worker = make_user(team=team)
    assert found_by(worker, "Небывалова") == [client]

    actions.change_client(client=client, version=client.version, by=worker, now=NOW, family_name="Придуманова")

    assert found_by(worker, "Придуманова") == [client]
    assert found_by(worker, "Небывалова") == []


def test_a_client_whose_search_form_is_gone_is_not_found(team):
    client = make_client(team=team, family_name="Небывалова")
    worker = make_user(team=team)
    assert found_by(worker, "Небывалова") == [client]

    Client.objects.filter(pk=client.pk).update(search_form=None)

    assert found_by(worker, "Небывалова") == []


def test_a_search_form_moved_from_another_client_is_left_out_and_reported(team, caplog):
    case = make_case(team=team)
    first = make_client(case=case, family_name="Небывалова")
    second = make_client(case=case, family_name="Придуманова")
    Client.objects.filter(pk=second.pk).update(search_form=first.search_form)

    assert found_by(make_user(team=team), "Небывалова") == [first]
    assert str(second.pk) in caplog.text


def test_a_save_of_other_columns_does_not_restamp(team):
    client = make_client(team=team)
    Client.objects.filter(pk=client.pk).update(search_xid=5)
    before = Client.objects.values_list("search_xid", flat=True).get(pk=client.pk)

    client.search_xid = 7
    client.language = "ru"
    client.save()

    assert Client.objects.values_list("search_xid", flat=True).get(pk=client.pk) == before > 7


def test_lists_follow_the_alphabet(team):
    case = make_case(team=team)
    by_name = {name: make_client(case=case, family_name=name).pk for name in ("Яковлева", "Ёлкина", "Abel", "Жукова")}

    ordered = names.in_order(list(by_name.values()))

    assert ordered == [by_name[name] for name in ("Abel", "Ёлкина", "Жукова", "Яковлева")]


class Committed:
    """Clients that other connections see, written by hand on connections whose commit the test decides."""

    def __init__(self) -> None:
        key = DataKey.objects.make(DataKey.OwnerKind.CASE, now=NOW)
        self.team = make_team()
        self.case = Case.objects.create(
            code=new_reference(), team=self.team, data_key=key, opened_at=NOW, status=Case.Status.OPEN
        )
        self.connections = [connection.get_new_connection(connection.get_connection_params()) for _ in range(2)]

    def client(self) -> Client:
        """A committed client without a name in the index."""
        client = Client(case=self.case, data_key=self.case.data_key, reference=new_reference(), created_at=NOW)
        client.relation = Client.Relation.OTHER_RELATIVE
        client.save()
        return client

    def name(self, writer: Any, client: Client, name: str) -> None:
        """Give a client a name in a connection, without committing."""
        form = seal_search_form(client.pk, search_form([name], birth_year=None))
        writer.execute("UPDATE clients_client SET search_form = %s WHERE id = %s", [form, client.pk])

    def close(self) -> None:
        for each in self.connections:
            each.close()
        keys = {self.case.data_key_id}
        Client.objects.filter(case=self.case).delete()
        self.case.delete()
        DataKey.objects.filter(pk__in=keys).delete()
        self.team.delete()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Committed]:
    with django_db_blocker.unblock():
        made = Committed()
        yield made
        made.close()


@pytest.fixture
def seen(committed: Committed) -> Callable[[str], list[Any]]:
    index = names.ClientNames()
    allowed = [committed.client().pk for _ in range(3)]
    return lambda text: index.search(Query.parse(text), allowed, 20)


def test_a_late_commit_is_not_missed_though_later_transactions_were_seen(committed, seen):
    late, quick = committed.connections
    first, second = Client.objects.filter(case=committed.case).order_by("pk")[:2]
    committed.name(late, first, "Запоздалова")  # has its number now, and commits last
    assert seen("Запоздалова") == []
    committed.name(quick, second, "Поспешаева")
    quick.commit()
    assert seen("Поспешаева") == [second.pk]
    committed.name(quick, second, "Торопыгина")
    quick.commit()
    assert seen("Торопыгина") == [second.pk]

    late.commit()

    assert seen("Запоздалова") == [first.pk]
    assert seen("Поспешаева") == []


def test_what_was_running_while_the_index_was_loaded_is_not_missed(committed):
    late, _other = committed.connections
    client = committed.client()
    committed.name(late, client, "Запоздалова")
    index = names.ClientNames()
    assert index.search(Query.parse("Запоздалова"), [client.pk], 20) == []

    late.commit()

    assert index.search(Query.parse("Запоздалова"), [client.pk], 20) == [client.pk]


def test_a_name_seen_in_a_transaction_that_rolls_back_is_forgotten(committed, seen):
    writer, _other = committed.connections
    client = Client.objects.filter(case=committed.case).order_by("pk")[0]
    committed.name(writer, client, "Постоянова")
    writer.commit()
    assert seen("Постоянова") == [client.pk]
    with transaction.atomic():
        form = seal_search_form(client.pk, search_form(["Мимолётова"], birth_year=None))
        Client.objects.filter(pk=client.pk).update(search_form=form)
        assert seen("Мимолётова") == [client.pk]
        transaction.set_rollback(True)

    assert seen("Мимолётова") == []
    assert seen("Постоянова") == [client.pk]


def test_what_one_transaction_writes_between_its_own_searches_is_not_missed(committed, seen):
    first, second = Client.objects.filter(case=committed.case).order_by("pk")[:2]
    with transaction.atomic():
        for client, name in ((first, "Первова"), (second, "Второва"), (first, "Третьева")):
            form = seal_search_form(client.pk, search_form([name], birth_year=None))
            Client.objects.filter(pk=client.pk).update(search_form=form)
            assert seen(name) == [client.pk]

    assert seen("Второва") == [second.pk]
    assert seen("Третьева") == [first.pk]
    assert seen("Первова") == []


def test_a_savepoint_that_rolls_back_is_forgotten(committed, seen):
    client = Client.objects.filter(case=committed.case).order_by("pk")[0]
    with transaction.atomic():
        with transaction.atomic():
            form = seal_search_form(client.pk, search_form(["Мимолётова"], birth_year=None))
            Client.objects.filter(pk=client.pk).update(search_form=form)
            assert seen("Мимолётова") == [client.pk]
            transaction.set_rollback(True)
        assert seen("Мимолётова") == []


def test_a_long_transaction_elsewhere_does_not_make_rows_be_read_again(committed, seen, monkeypatch):
    long, quick = committed.connections
    first, second = Client.objects.filter(case=committed.case).order_by("pk")[:2]
    committed.name(long, first, "Запоздалова")
    committed.name(quick, second, "Поспешаева")
    quick.commit()
    assert seen("Поспешаева") == [second.pk]
    read = []
    monkeypatch.setattr(names, "open_search_form", lambda pk, *rest: read.append(pk) or open_search_form(pk, *rest))

    assert seen("Поспешаева") == [second.pk]
    assert read == []
    long.commit()
    assert seen("Запоздалова") == [first.pk]
    assert read == [first.pk]


def test_numbers_of_another_server_are_no_news(committed, seen):
    client = Client.objects.filter(case=committed.case).order_by("pk")[0]
    writer, _other = committed.connections
    committed.name(writer, client, "Постоянова")
    writer.commit()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as a restore does, without triggers
        cursor.execute("UPDATE clients_client SET search_xid = 9e15 WHERE id = %s", [client.pk])
    assert seen("Постоянова") == [client.pk]
    index = names.ClientNames()
    index.in_order([])

    assert client.pk in index._index
    index._index.remove([client.pk])
    index.in_order([])
    assert client.pk not in index._index
