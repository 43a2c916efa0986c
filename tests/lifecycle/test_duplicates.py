"""People are compared with whom the reader may see while they type, and with everybody by a worker."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.accounts.models import Job, User
from casework.accounts.roles import Role
from casework.clients import actions
from casework.clients.models import Client, SuspectedPair
from casework.documents import actions as documents
from casework.lib.dates import Birth
from casework.lib.likeness import Details
from casework.lifecycle import duplicates, tasks
from casework.lifecycle.duplicates import compare_missed, compare_people, compare_with_visible, look_alikes
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client, make_contact
from tests.factories.documents import make_document

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = Details(family_name="Ооржак", given_name="Наталья")


def make_natalya(**more: Any) -> Client:
    return make_client(**{"family_name": "Oorzhak", "given_name": "Natalya"} | more)


def shown(user: User, person: Details = TYPED, **how: Any) -> list[Client]:
    return [it.client for it in look_alikes(user, person, now=NOW, **how)]


def waiting() -> list[Client]:
    clients: Any = Client.objects
    return list(clients.to_compare())


def test_somebody_in_other_letters_is_shown_to_who_may_see_them_and_to_nobody_else() -> None:
    worker, stranger = make_user(), make_user()
    natalya = make_natalya(team=team_of(worker))

    assert shown(worker) == [natalya]
    assert shown(stranger) == []


def test_typing_asks_as_much_whether_or_not_another_team_knows_the_person() -> None:
    worker = make_user()
    make_natalya(team=team_of(worker), family_name="Совсем", given_name="Другая")
    shown(worker)
    with counted_queries() as before:
        shown(worker)
    make_document(make_natalya(), number="70 1234567")
    shown(worker)

    with counted_queries() as after:
        shown(worker)

    assert len(before) == len(after)


def test_a_number_and_a_phone_find_somebody_of_another_name() -> None:
    worker = make_user()
    client = make_client(team=team_of(worker))
    paper, phone = make_document(client), make_contact(client)
    typed = Details(
        family_name="Совсем",
        documents=frozenset({(bytes(paper.number_hash or b""), "RU")}),
        contacts=frozenset({bytes(phone.value_hash or b"")}),
    )

    assert shown(worker, typed) == [client]
    assert shown(make_user(), typed) == []


def test_somebody_who_is_being_changed_is_not_like_themselves() -> None:
    worker = make_user()
    natalya = make_natalya(team=team_of(worker))

    assert shown(worker, client=natalya) == []


def test_who_was_found_to_be_somebody_else_is_not_shown_again() -> None:
    worker = make_user()
    one, other = make_natalya(team=team_of(worker)), make_natalya(team=team_of(worker))
    (pair,) = compare_with_visible(worker, [one], now=NOW)
    assert shown(worker, client=one) == [other]

    actions.decide_pair(pair=pair, state="different", reason="Вымысел", version=1, by=worker, now=NOW)

    assert shown(worker, client=one) == []
    assert compare_people([one.pk, other.pk], now=NOW) == 0


def test_what_the_reader_may_see_is_kept_at_once_and_the_rest_by_a_worker() -> None:
    worker = make_user()
    mine, hers, theirs = make_natalya(team=team_of(worker)), make_natalya(team=team_of(worker)), make_natalya()

    assert len(compare_with_visible(worker, [mine], now=NOW)) == 1
    tasks.compare_people(client_ids=[str(mine.pk)])

    found = {frozenset((pair.first_id, pair.second_id)) for pair in SuspectedPair.objects.all()}
    assert found == {frozenset((mine.pk, hers.pk)), frozenset((mine.pk, theirs.pk))}


def test_a_restricted_person_is_paired_and_the_pair_shown_to_nobody_who_is_not_named() -> None:
    worker = make_user()
    named = [worker, make_user(team=team_of(worker))]
    one, hidden = make_natalya(team=team_of(worker)), make_natalya(team=team_of(worker))
    actions.restrict_case(case=hidden.case, people=named, version=1, by=worker, now=NOW)

    compare_people([one.pk], now=NOW)

    pairs: Any = SuspectedPair.objects
    assert pairs.reviewable_by(worker, NOW).count() == 1
    assert not pairs.reviewable_by(make_user(team=team_of(worker)), NOW).exists()
    assert not pairs.reviewable_by(make_user(Role.DUPLICATE_REVIEWER), NOW).exists()


def test_a_family_with_one_phone_and_twins_are_no_pairs() -> None:
    case, other = make_case(), make_case()
    for number, (file, given) in enumerate([(case, "Марина"), (case, "Карина"), (other, "Ольга"), (other, "Анна")]):
        client = make_client(case=file, given_name=given, relation="principal" if number % 2 == 0 else "sibling")
        make_contact(client)

    compare_people([client.pk for client in Client.objects.all()], now=NOW)

    assert not SuspectedPair.objects.exists()


def test_somebody_who_is_on_record_twice_in_one_case_is_found() -> None:
    case = make_case()
    one = make_natalya(case=case)
    make_natalya(case=case, family_name="Ооржак", given_name="Наталья", relation="other_relative")

    assert compare_people([one.pk], now=NOW) == 1


def test_a_corrected_name_drops_the_open_pair() -> None:
    one, _other = make_natalya(), make_natalya()
    compare_people([one.pk], now=NOW)

    actions.change_client(client=one, version=1, by=make_user(), now=NOW, family_name="Совсем", given_name="Иначе")
    compare_people([one.pk], now=NOW)

    assert not SuspectedPair.objects.exists()


def test_whatever_tells_people_apart_has_them_compared_anew() -> None:
    client, by = make_natalya(), make_user()
    compare_missed(clock=lambda: NOW)
    contact = make_contact(client)
    assert waiting() == [client]

    def acts() -> Any:
        yield lambda: actions.change_contact(contact=contact, version=1, by=by, now=NOW, value="+996 555 999999")
        yield lambda: make_document(client, number="70 7654321")
        yield lambda: actions.change_client(client=client, version=1, by=by, now=NOW, birth=Birth(date(1991, 1, 2)))

    for act in acts():
        compare_missed(clock=lambda: NOW)
        assert waiting() == []
        act()
        assert waiting() == [client]


def test_what_tells_nothing_has_nobody_compared_anew() -> None:
    client = make_natalya()
    compare_missed(clock=lambda: NOW)

    actions.change_client(client=client, version=1, by=make_user(), now=NOW, language="ru")

    assert waiting() == []


def test_a_document_that_is_changed_is_looked_at() -> None:
    client, paper = make_natalya(), None
    paper = make_document(client)
    compare_missed(clock=lambda: NOW)

    documents.change_document(document=paper, version=1, by=make_user(), now=NOW, number="70 1111111")

    assert waiting() == [client]


def test_the_sweep_is_a_job_where_there_is_much_to_do_and_goes_on_after_it_was_stopped() -> None:
    people = [make_natalya() for _number in range(7)]
    times = iter(NOW + timedelta(seconds=15) * number for number in range(100))

    assert compare_missed(clock=lambda: next(times), size=2) < 7
    job = Job.objects.get(kind=duplicates.JOB)
    assert (job.state, job.total) == (Job.State.RUNNING, 7)
    assert 0 < job.done == 7 - len(waiting())
    while waiting():
        compare_missed(clock=lambda: NOW, size=2)

    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 7)
    assert SuspectedPair.objects.count() == len(people) * (len(people) - 1) // 2
    assert Job.objects.count() == 1


def test_a_small_sweep_makes_no_job() -> None:
    make_natalya()

    tasks.compare_missed()

    assert waiting() == []
    assert not Job.objects.exists()
