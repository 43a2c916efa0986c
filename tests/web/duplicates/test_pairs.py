"""The list of pairs, and two people side by side."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Client, SuspectedPair, ToDo
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_address, make_case, make_client, make_contact, make_note
from tests.factories.documents import make_document
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def make_pair(one: Client | None = None, other: Client | None = None, found_by: str = "same_name") -> SuspectedPair:
    one, other = one or make_client(), other or make_client()
    actions.suspect(client=one, alike={other.pk: [found_by]}, now=NOW)
    return SuspectedPair.objects.of([one]).of([other]).get()


def url(pair: SuspectedPair) -> str:
    return reverse("pair", args=[pair.pk])


def reviewer() -> User:
    return make_user(Role.DUPLICATE_REVIEWER)


def listed(user: User, query: str = "") -> list[SuspectedPair]:
    page = signed_in(user).get(f"/duplicates/{query}")
    assert page.status_code == 200
    return [row.pair for row in page.context["rows"]]


def test_a_reviewer_sees_pairs_of_every_team_and_a_team_its_own() -> None:
    worker = make_user()
    own = make_pair(make_client(team=team_of(worker)), make_client(team=team_of(worker)))
    across = make_pair(make_client(team=team_of(worker)))

    assert set(listed(reviewer())) == {own, across}
    assert listed(worker) == [own]


def test_a_restricted_case_is_in_no_list_of_whom_it_does_not_name() -> None:
    worker = make_user()
    named = [worker, make_user(team=team_of(worker))]
    pair = make_pair(make_client(team=team_of(worker)), hidden := make_client(team=team_of(worker)))
    actions.restrict_case(case=hidden.case, people=named, version=1, by=worker, now=NOW)

    for user in (reviewer(), make_user(team=team_of(worker))):
        assert listed(user, "?state=any") == []
        assert signed_in(user).get(url(pair)).status_code == 404
        assert signed_in(user).post(url(pair), {"state": "same", "reason": "x"}).status_code == 404
    assert listed(worker) == [pair]


def test_the_list_is_filtered_by_what_was_found_and_decided() -> None:
    by_name, by_number, seer = make_pair(), make_pair(found_by="same_document"), reviewer()
    actions.decide_pair(pair=by_name, state="different", reason="Вымысел", version=1, by=seer, now=NOW)

    assert listed(seer) == listed(seer, "?found_by=document") == [by_number]
    assert listed(seer, "?state=decided") == [by_name]
    assert set(listed(seer, "?state=any")) == {by_name, by_number}
    assert listed(seer, "?found_by=name") == listed(seer, "?found_by=contact") == []


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, Role.POLICY_EDITOR])
def test_other_roles_are_refused(role: Role) -> None:
    pair = make_pair()

    assert {signed_in(make_user(role)).get(it).status_code for it in ("/duplicates/", url(pair))} == {403}


def test_a_pair_of_two_teams_is_missing_to_both_of_them() -> None:
    one, other = make_client(), make_client()
    pair = make_pair(one, other)

    for team in (one.case.team, other.case.team):
        assert signed_in(make_user(team=team)).get(url(pair)).status_code == 404
        assert signed_in(make_user(Role.COORDINATOR, team=team)).get(url(pair)).status_code == 404


def test_the_page_shows_what_it_takes_to_compare_and_nothing_else() -> None:
    one = make_client(family_name="Oorzhak", given_name="Natalya")
    other = make_client(family_name="Ооржак", given_name="Наталья", sex="female", nationalities=["KZ"])
    for client in (one, other):
        make_document(client, number="70 1234567")
        make_contact(client, value="+996 555 777777")
        make_address(client, city="Выдумск", line="ул. Придуманная, 7")
        make_note(client.case, text="Тайная заметка")

    page = signed_in(reviewer()).get(url(make_pair(one, other)))

    text = page.content.decode()
    marks = [row.mark for row in page.context["rows"]]
    assert marks == ["same", "unknown", "same", "unknown", "different", "same", "same", "", "", ""]
    assert "Oorzhak Natalya" in text
    for secret in ("70 1234567", "1234567", "777777", "Выдумск", "Придуманная", "Тайная", one.case.code):
        assert secret not in text


def test_both_cases_are_linked_for_who_may_see_them() -> None:
    worker = make_user()
    pair = make_pair(make_client(team=team_of(worker)), make_client(team=team_of(worker)))

    text = signed_in(worker).get(url(pair)).content.decode()

    text_of_reviewer = signed_in(make_user(Role.DUPLICATE_REVIEWER)).get(url(pair)).content.decode()

    assert all(reverse("case", args=[client.case.code]) in text for client in pair.people)
    assert not any(reverse("case", args=[client.case.code]) in text_of_reviewer for client in pair.people)


def test_a_decision_is_kept_with_its_reason_and_can_be_changed() -> None:
    pair, seer = make_pair(), reviewer()
    browser = signed_in(seer)

    for version, state in enumerate(("different", "same"), start=1):
        typed = {"state": state, "reason": f"Вымысел {state}", "version": str(version)}
        assert browser.post(url(pair), typed).status_code == 302

    pair.refresh_from_db()
    assert (pair.state, pair.reason, pair.decided_by) == ("same", "Вымысел same", seer)
    assert "Вымысел same" in browser.get(url(pair)).content.decode()


def test_a_decision_without_a_reason_is_refused_and_keeps_what_was_chosen() -> None:
    pair = make_pair()

    page = signed_in(reviewer()).post(url(pair), {"state": "same", "reason": "", "version": "1"})

    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"reason"}
    assert page.context["form"]["state"].value() == "same"


def test_who_decides_second_sees_what_the_first_decided() -> None:
    pair, seer = make_pair(), reviewer()
    actions.decide_pair(pair=pair, state="different", reason="Вымысел первый", version=1, by=seer, now=NOW)

    page = signed_in(reviewer()).post(url(pair), {"state": "same", "reason": "Вымысел второй", "version": "1"})

    assert page.status_code == 409
    assert "Вымысел первый" in page.content.decode()
    assert "Вымысел второй" in page.content.decode()


def test_a_caseworker_is_told_of_their_own_client_alone() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)
    pair = make_pair(make_client(case=case, family_name="Своя"), make_client(family_name="Чужая"))

    signed_in(reviewer()).post(url(pair), {"state": "same", "reason": "Вымысел", "version": "1"})

    to_do = ToDo.objects.get(owner=worker)
    text = signed_in(worker).get(reverse("to_do", args=[to_do.pk])).content.decode()
    assert "Своя Вымышлена is on file twice" in text
    assert "Чужая" not in text

    Client.objects.filter(case=case).update(case=make_case())  # which another team works on
    text = signed_in(worker).get(reverse("to_do", args=[to_do.pk])).content.decode()
    assert "a client of yours is on file twice" in text


def test_the_audit_names_ids_and_no_case() -> None:
    pair = make_pair()

    signed_in(reviewer()).get(url(pair))

    event = Event.objects.get(type="clients.pair_seen")
    assert event.data == {"clients": [str(pair.first_id), str(pair.second_id)]}
    assert event.case_id is None


def test_the_pages_ask_as_much_of_one_pair_as_of_many() -> None:
    pair, browser = make_pair(), signed_in(reviewer())
    addresses = ("/duplicates/", url(pair))
    asked = []
    for _round in range(2):
        for address in addresses:
            with counted_queries() as queries:
                browser.get(address)
            asked.append(len(queries))
        for _number in range(3):
            make_pair()

    assert asked[:2] == asked[2:]
    assert max(asked) <= 12


def test_who_may_only_look_at_one_of_the_cases_is_offered_no_merge() -> None:
    worker = make_user()
    one, other = (make_client(team=team_of(worker)) for _each in range(2))
    pair = make_pair(one, other)
    actions.decide_pair(pair=pair, version=1, state="same", reason="Вымысел", by=worker, now=NOW)
    giver, guest, now = make_user(Role.COORDINATOR, team=team_of(worker)), make_user(), timezone.now()
    for case, may_change in ((one.case, True), (other.case, False)):
        lent = {"starts_at": now, "ends_at": now + timedelta(days=5), "reason": "Вымысел", "may_change": may_change}
        actions.give_access(case=case, user=guest, by=giver, now=now, **lent)

    offered = [reverse("merge_pair", args=[pair.pk]) in _page(user, pair) for user in (worker, guest, reviewer())]

    assert offered == [True, False, True]


def _page(user: User, pair: SuspectedPair) -> str:
    answer = signed_in(user).get(url(pair))
    assert answer.status_code == 200
    return answer.content.decode()
