"""The pages of a merge: what is shown, who may, what is refused, the way back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Client, Merge, SuspectedPair
from casework.lib.dates import Birth
from casework.lifecycle.merging.looking import UNTOLD
from casework.lifecycle.merging.rows_of_people import RULES
from casework.web.merging.wording import WORDS, came_along, counted
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import hide, make_address, make_case, make_client, make_contact, make_note
from tests.factories.residency import make_stay
from tests.lifecycle.merging.whole import found_to_be_one, merge_into
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def worker() -> User:
    return make_user()


def alone(worker: User, **fields: Any) -> Client:
    return make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker, **fields)


def pair_of(worker: User, one: dict[str, Any] | None = None, other: dict[str, Any] | None = None) -> SuspectedPair:
    first = alone(worker, **(one or {}))
    second = alone(worker, **({"now": NOW + timedelta(seconds=1)} | (other or {})))
    return found_to_be_one(first, second, by=worker)


def url(pair: SuspectedPair) -> str:
    return reverse("merge_pair", args=[pair.pk])


def typed(page: Any, **others: str) -> dict[str, str]:
    """What a page sends: its hidden fields, every choice as it is offered, and what somebody types."""
    form = page.context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields if form[name].value() is not None}
    return sent | {"reason": "Вымысел: показала паспорт"} | others


def merged(worker: User, **fields: Any) -> Merge:
    return merge_into(alone(worker, **fields), alone(worker), by=worker)


def test_both_are_shown_field_by_field_with_what_comes_along(worker: User) -> None:
    pair = pair_of(
        worker,
        {"family_name": "Ооржак", "nationalities": ["RU"]},
        {"family_name": "Oorzhak", "nationalities": ["KZ"], "language": "ru"},
    )
    one, other = pair.people
    make_address(other, by=worker)
    make_contact(one, by=worker)

    page = signed_in(worker).get(url(pair))

    text = page.content.decode()
    rows = {row.label: row for row in page.context["rows"]}
    assert [it.text for it in rows["Family name"].options] == ["Ооржак", "Oorzhak"]
    assert [it.name for it in rows["Given name"].options] == ["", ""]
    assert [it.is_chosen for it in rows["Language in which to write to them"].options] == [False, True]
    assert rows["Nationality"].both is not None
    assert page.context["counts"] == [("Addresses", 0, 1, 1), ("Ways to reach them", 1, 0, 1)]
    assert "What speaks against it" not in text
    assert other.case.code in text


def test_what_is_chosen_is_merged_and_the_old_reference_leads_on(worker: User) -> None:
    pair = pair_of(worker, {"family_name": "Ооржак"}, {"family_name": "Oorzhak"})
    one, other = pair.people
    browser = signed_in(worker)
    page = browser.get(url(pair))

    answer = browser.post(url(pair), typed(page, chosen_family_name="theirs"), follow=True)

    made = Merge.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("merge", args=[made.pk])
    one.refresh_from_db()
    assert one.family_name == "Oorzhak"
    assert not Client.objects.filter(pk=other.pk).exists()
    led = browser.get(reverse("client", args=[other.reference]))
    assert led.url == reverse("client", args=[one.reference])
    assert other.reference in browser.get(led.url).content.decode()
    found = browser.post(reverse("search"), {"text": other.reference, "q": other.reference})
    assert one.reference in found.content.decode()
    assert signed_in(make_user()).get(reverse("client", args=[other.reference])).status_code == 404


def test_a_form_sent_twice_leads_to_the_same_merge(worker: User) -> None:
    pair = pair_of(worker)
    browser = signed_in(worker)
    sent = typed(browser.get(url(pair)))

    answers = [browser.post(url(pair), sent) for _time in range(2)]

    assert {it.url for it in answers} == {reverse("merge", args=[Merge.objects.get().pk])}


def test_the_other_may_stay_instead(worker: User) -> None:
    pair = pair_of(worker)
    one, other = pair.people
    browser = signed_in(worker)

    page = browser.get(f"{url(pair)}?stays={other.reference}")
    browser.post(url(pair), typed(page))

    assert (Merge.objects.get().into_id, Merge.objects.get().gone_id) == (other.pk, one.pk)


def test_twins_are_asked_about_and_what_was_typed_is_kept(worker: User) -> None:
    born = Birth(date(2001, 2, 3))
    pair = pair_of(worker, {"given_name": "Вымышлен", "birth": born}, {"given_name": "Придуман", "birth": born})
    browser = signed_in(worker)
    page = browser.get(url(pair))
    assert "twins look like this" in page.content.decode()

    refused = browser.post(url(pair), typed(page, chosen_given_name="theirs", reason="Сказала сама"))

    assert refused.context["form"].errors.keys() == {"doubts_answered"}
    assert "Сказала сама" in refused.content.decode()
    assert [it.is_chosen for row in refused.context["rows"] if row.label == "Given name" for it in row.options] == [
        False,
        True,
    ]
    assert browser.post(url(pair), typed(page, doubts_answered="on")).status_code == 302
    assert Merge.objects.count() == 1


def test_stays_that_cannot_both_be_true_are_chosen_between(worker: User) -> None:
    pair = pair_of(worker)
    one, other = pair.people
    make_stay(one, date(2026, 9, 1), by=worker)
    theirs = make_stay(other, date(2026, 9, 3), by=worker)
    browser = signed_in(worker)
    page = browser.get(url(pair))
    assert [[it.text for it in row.options] for row in page.context["clashes"]] == [
        ["Kazakhstan, since 1 Sept 2026", "Kazakhstan, since 3 Sept 2026"]
    ]

    refused = browser.post(url(pair), typed(page))
    assert "not in two places at once" in refused.content.decode()
    answer = browser.post(url(pair), typed(page, stays_0="theirs"), follow=True)

    assert "Kazakhstan, since 1 Sept 2026" in answer.content.decode()
    assert list(one.stays.all()) == [theirs]


def test_what_changed_since_the_page_was_opened_is_shown_before_anything_is_merged(worker: User) -> None:
    pair = pair_of(worker)
    browser = signed_in(worker)
    sent = typed(browser.get(url(pair)))
    make_stay(pair.people[1], date(2026, 9, 3), by=worker)

    refused = browser.post(url(pair), sent)

    assert "changed since you looked" in refused.content.decode()
    assert Merge.objects.count() == 0
    assert browser.post(url(pair), typed(refused)).status_code == 302


def test_what_stands_in_the_way_is_said_instead_of_a_form(worker: User) -> None:
    pair = pair_of(worker)
    actions.close_case(case=pair.people[0].case, reason="left", remark="", version=1, by=worker, now=NOW)
    one, other = pair.people
    named = [worker, make_user(team=team_of(worker))]
    actions.restrict_case(case=other.case, people=named, version=1, by=worker, now=NOW)

    page = signed_in(worker).get(f"{url(pair)}?stays={one.reference}")

    assert "is closed" in page.content.decode()
    assert 'id="merge"' not in page.content.decode()


def test_a_pair_that_nobody_has_decided_is_decided_first(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    actions.suspect(client=one, alike={other.pk: ["same_name"]}, now=NOW)
    pair = SuspectedPair.objects.get()

    assert signed_in(worker).get(url(pair)).url == reverse("pair", args=[pair.pk])
    assert signed_in(worker).post(url(pair), {"reason": "x"}).url == reverse("pair", args=[pair.pk])
    assert "Merge the two" not in signed_in(worker).get(reverse("pair", args=[pair.pk])).content.decode()


def test_to_merge_both_cases_must_be_theirs(worker: User) -> None:
    other_worker = make_user()
    pair = found_to_be_one(alone(worker), alone(other_worker), by=worker)

    for user in (worker, other_worker, make_user(Role.COORDINATOR, team=team_of(worker))):
        for method in ("get", "post"):
            assert getattr(signed_in(user), method)(url(pair)).status_code == 404
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(url(pair)).status_code == 403


def test_a_reviewer_merges_across_teams_and_reads_no_more_than_it_takes(worker: User) -> None:
    other_worker = make_user()
    one, other = alone(worker), alone(other_worker, now=NOW + timedelta(seconds=1))
    sister = make_client(case=other.case, by=other_worker, relation="sibling", given_name="Тайная")
    make_note(other.case, text="Тайная заметка", by=other_worker)
    make_contact(other, value="+996 555 777777", by=other_worker)
    reviewer = make_user(Role.DUPLICATE_REVIEWER)
    pair = found_to_be_one(one, other, by=reviewer)
    browser = signed_in(reviewer)

    page = browser.get(url(pair))

    text = page.content.decode()
    assert not any(it in text for it in ("Тайная", "777777", one.case.code, other.case.code))
    answer = browser.post(url(pair), typed(page, principal_here=str(sister.pk)), follow=True)
    sister.refresh_from_db()
    made = Merge.objects.get()
    assert (answer.status_code, sister.is_principal) == (200, True)
    assert signed_in(worker).get(reverse("merge", args=[made.pk])).status_code == 200
    assert signed_in(other_worker).get(reverse("merge", args=[made.pk])).status_code == 404
    assert signed_in(worker).get(reverse("undo_merge", args=[made.pk])).status_code == 404
    assert browser.get(reverse("undo_merge", args=[made.pk])).status_code == 200


def test_a_merge_is_undone_after_a_look_at_what_has_changed_since(worker: User) -> None:
    one, other = alone(worker), alone(worker)
    address = make_address(other, by=worker)
    made = merge_into(one, other, by=worker, now=NOW)
    actions.change_address(address=address, version=1, city="Ош", by=worker, now=NOW)
    browser = signed_in(worker)
    at = reverse("undo_merge", args=[made.pk])

    assert "Nothing that came along was changed since" in browser.get(at).content.decode()
    answer = browser.post(at, follow=True)

    assert "two people again" in answer.content.decode()
    assert set(Client.objects.all()) == {one, other}
    assert browser.post(at, follow=True).content.decode().count("has been undone already") == 1


def test_a_merge_of_long_ago_says_that_it_stands(worker: User) -> None:
    made = merged(worker)
    Merge.objects.filter(pk=made.pk).update(undo_until=made.at)

    page = signed_in(worker).get(reverse("merge", args=[made.pk]))

    assert "thirty days are over" in page.content.decode()
    assert signed_in(worker).get(reverse("undo_merge", args=[made.pk])).status_code == 302


def test_merges_are_listed_to_those_who_see_the_case(worker: User) -> None:
    made = merged(worker)
    at = reverse("merges")

    assert list(signed_in(worker).get(at).context["rows"]) == [made]
    assert list(signed_in(make_user(Role.DUPLICATE_REVIEWER)).get(at).context["rows"]) == [made]
    assert "Nobody was merged yet" in signed_in(make_user()).get(at).content.decode()
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER):
        assert signed_in(make_user(role)).get(at).status_code == 403
    assert Event.objects.filter(type="lifecycle.merges_listed").count() == 3


@pytest.mark.parametrize("name", ["merge", "undo_merge"])
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, Role.POLICY_EDITOR])
def test_other_roles_are_refused(worker: User, name: str, role: Role) -> None:
    assert signed_in(make_user(role)).get(reverse(name, args=[merged(worker).pk])).status_code == 403


def test_of_a_restricted_case_only_those_named_see_a_merge(worker: User) -> None:
    made = merged(worker)
    case = made.into.case
    case.refresh_from_db()
    named = [worker, make_user(team=team_of(worker))]
    actions.restrict_case(case=case, people=named, version=case.version, by=worker, now=NOW)

    for user in (make_user(team=team_of(worker)), make_user(Role.DUPLICATE_REVIEWER)):
        for name in ("merge", "undo_merge"):
            assert signed_in(user).get(reverse(name, args=[made.pk])).status_code == 404


def test_what_happened_under_the_second_name_stands_in_log_and_history_of_the_first(worker: User) -> None:
    one, other = alone(worker), alone(worker, family_name="Прежняя")
    contact = make_contact(other, by=worker)
    actions.change_contact(contact=contact, version=1, value="+996 555 765432", by=worker, now=NOW)
    merge_into(one, other, by=worker)
    browser = signed_in(worker)

    history = browser.get(reverse("earlier_versions", args=[one.case.code])).content.decode()
    log = browser.get(reverse("case_log", args=[one.case.code])).content.decode()

    assert "+996 555 012345" in history
    assert "Прежняя" in history
    assert "Merged two people on file into one" in log


def test_pages_cost_the_same_at_every_size(worker: User) -> None:
    made = []
    for size in (1, 6):
        one, other = alone(worker), alone(worker)
        for number in range(size):
            make_address(other, by=worker, since=date(2026, 9, 1 + number))
            make_contact(other, by=worker, value=f"+996 555 01234{number}")
        pair = found_to_be_one(one, other, by=worker)
        browser = signed_in(worker)
        with counted_queries() as looking:
            browser.get(url(pair))
        merge = merge_into(one, other, by=worker, pair=pair)
        with counted_queries() as seeing:
            browser.get(reverse("merge", args=[merge.pk]))
        with counted_queries() as undoing:
            browser.get(reverse("undo_merge", args=[merge.pk]))
        made.append((len(looking), len(seeing), len(undoing)))

    assert made[0] == made[1]
    looking_at, seeing_it, undoing_it = made[0]
    # The preview counts every table that leads to a person, one query each.
    assert looking_at <= 12 + 12 + len(RULES)
    assert seeing_it <= 12
    assert undoing_it <= 24


def test_every_table_has_a_word() -> None:
    assert RULES.keys() - UNTOLD == WORDS.keys()
    assert counted({"clients.Relation.one": (1, 2), "clients.Relation.other": (1, 0)}) == [("Relations", 2, 2, 4)]
    assert came_along({"clients.Relation.one": 2, "clients.Merge.into": 1}) == [("Relations", 2)]


@pytest.mark.parametrize("side", ["first", "second"])
def test_a_reviewer_merges_nobody_of_a_restricted_case(worker: User, side: str) -> None:
    reviewer = make_user(Role.DUPLICATE_REVIEWER)
    pair = pair_of(worker)
    browser = signed_in(reviewer)
    assert browser.get(url(pair)).status_code == 200

    hide(getattr(pair, side).case, worker)

    assert browser.get(url(pair)).status_code == 404
    assert browser.post(url(pair), {"reason": "x"}).status_code == 404


def test_of_a_merge_out_of_a_case_that_is_restricted_now_a_reviewer_sees_nothing(worker: User) -> None:
    made = merged(worker)
    reviewer = make_user(Role.DUPLICATE_REVIEWER)
    assert made.left_case is not None
    hide(made.left_case, worker)

    for name in ("merge", "undo_merge"):
        assert signed_in(reviewer).get(reverse(name, args=[made.pk])).status_code == 404


def test_the_page_of_a_merge_leads_nobody_where_they_may_not_go(worker: User) -> None:
    made = merged(worker)
    at, undo = reverse("merge", args=[made.pk]), reverse("undo_merge", args=[made.pk])
    giver, guest, now = make_user(Role.COORDINATOR, team=team_of(worker)), make_user(), timezone.now()
    lent = {"starts_at": now, "ends_at": now + timedelta(days=5), "reason": "Вымысел", "may_change": False}
    actions.give_access(case=made.into.case, user=guest, by=giver, now=now, **lent)

    pages = {
        who: signed_in(user).get(at).content.decode()
        for who, user in (("worker", worker), ("guest", guest), ("reviewer", make_user(Role.DUPLICATE_REVIEWER)))
    }

    person = reverse("client", args=[made.into.reference])
    seen = {who: (f'href="{person}"' in page, f'href="{undo}"' in page) for who, page in pages.items()}
    assert seen == {"worker": (True, True), "guest": (True, False), "reviewer": (False, True)}


def test_the_token_of_a_merge_by_somebody_else_leads_nowhere(worker: User) -> None:
    made, pair = merged(worker), pair_of(worker)

    answer = signed_in(make_user()).post(url(pair), {"id": str(made.pk), "reason": "x"})

    assert answer.status_code == 404
