"""To-dos on pages: written down, changed, handed on, finished by those whose business they are; lists of them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Case, ToDo
from casework.lib.ids import new_id
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_case
from tests.racing import at_once
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def worker() -> User:
    return make_user(name="Test Worker")


@pytest.fixture
def case(worker: User) -> Case:
    return make_case(team=team_of(worker))


def write(worker: User, text: str = "Позвонить в школу", **fields: Any) -> ToDo:
    return actions.write_to_do(text=text, by=worker, now=timezone.now(), **({"owner": worker} | fields))


def sent(**fields: str) -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "text": "Забрать справку", **fields}


def test_one_line_on_a_case_is_enough_and_sent_twice_it_is_there_once(worker: User, case: Case) -> None:
    browser, data = signed_in(worker), sent(when="tomorrow")

    for _ in range(2):
        answer = browser.post(f"/cases/{case.code}/to-dos/new/", data)

    to_do = ToDo.objects.get()
    assert (to_do.text, to_do.owner, to_do.case) == ("Забрать справку", worker, case)
    assert to_do.due_on == TODAY() + timedelta(days=1)
    assert answer.url == f"/cases/{case.code}/#to-dos"
    assert "Забрать справку" in browser.get(f"/cases/{case.code}/").content.decode()


def test_it_is_given_to_a_colleague_who_may_see_the_case(worker: User, case: Case) -> None:
    colleague, stranger = make_user(team=case.team), make_user()
    browser = signed_in(worker)

    refused = browser.post(f"/cases/{case.code}/to-dos/new/", sent(owner=str(stranger.pk)))
    browser.post(f"/cases/{case.code}/to-dos/new/", sent(owner=str(colleague.pk)))

    assert "owner" in refused.context["form"].errors
    assert ToDo.objects.get().owner == colleague
    assert "Забрать справку" not in browser.get("/my-day/").content.decode()
    assert "Забрать справку" in signed_in(colleague).get("/my-day/").content.decode()


def test_of_a_restricted_case_only_those_named_on_it_are_offered(worker: User, case: Case) -> None:
    named, other = make_user(team=case.team), make_user(team=case.team)
    hide(case, worker, named)

    form = signed_in(worker).get(f"/cases/{case.code}/to-dos/new/").context["form"]

    assert worker not in form.fields["owner"].queryset  # is meant where nobody is chosen
    assert named in form.fields["owner"].queryset
    assert other not in form.fields["owner"].queryset


def test_what_is_missing_or_said_twice_is_asked_again(worker: User) -> None:
    day = {"due_on_day": "1", "due_on_month": "12", "due_on_year": "2026"}

    page = signed_in(worker).post("/to-dos/new/", {"text": " ", "when": "today", **day})

    assert set(page.context["form"].errors) == {"text", "due_on"}
    assert not ToDo.objects.exists()


def test_it_is_changed_and_handed_on(worker: User, case: Case) -> None:
    colleague, to_do = make_user(team=case.team), write(worker, case=case)
    url = f"/to-dos/{to_do.pk}/change/?back=case"

    answer = signed_in(worker).post(url, {"version": "1", "text": "Новые слова", "owner": str(colleague.pk)})

    to_do.refresh_from_db()
    assert (to_do.text, to_do.owner, to_do.version) == ("Новые слова", colleague, 2)
    assert answer.url == f"/cases/{case.code}/#to-dos"
    assert Event.objects.filter(type="clients.to_do_handed", case_id=case.pk).exists()


def test_of_two_who_change_it_the_second_sees_both(worker: User) -> None:
    to_do = write(worker)
    actions.change_to_do(to_do=to_do, version=1, text="Их слова", by=worker, now=timezone.now())

    page = signed_in(worker).post(
        f"/to-dos/{to_do.pk}/change/", {"version": "1", "text": "Мои слова", "owner": str(worker.pk)}
    )

    assert page.status_code == 409
    assert "Их слова" in page.content.decode()
    assert "Мои слова" in page.content.decode()


def test_my_day_has_ones_own_in_groups(worker: User, case: Case) -> None:
    colleague, today = make_user(team=case.team), TODAY()
    for text, due_on in (
        ("Просроченное", today - timedelta(days=1)),
        ("Сегодняшнее", today),
        ("Скорое", today + timedelta(days=7)),
        ("Позднее", today + timedelta(days=8)),
        ("Без дня", None),
    ):
        write(worker, text, case=case, due_on=due_on)
    write(colleague, "Чужое", case=case)

    page = signed_in(worker).get("/my-day/")

    groups = {it.key: [row.title for row in it.rows] for it in page.context["to_do_groups"]}
    assert groups == {
        "overdue": ["Просроченное"],
        "today": ["Сегодняшнее"],
        "soon": ["Скорое"],
        "later": ["Позднее", "Без дня"],
    }
    assert "Чужое" not in page.content.decode()


def test_who_may_finish_and_change_it(worker: User, case: Case) -> None:
    writer, colleague = make_user(team=case.team), make_user(team=case.team)
    coordinator, stranger = make_user(Role.COORDINATOR, team=case.team), make_user(Role.COORDINATOR)
    to_do = write(writer, owner=worker, case=case)
    url = f"/to-dos/{to_do.pk}/"

    seen = {user: signed_in(user).get(url).status_code for user in (worker, writer, colleague, coordinator, stranger)}
    offered = [f"{url}done/" in signed_in(user).get(url).content.decode() for user in (worker, colleague)]
    answers = {
        user: [signed_in(user).post(f"{url}{act}/").status_code for act in ("done", "reopen", "change")]
        for user in (worker, writer, colleague, coordinator, stranger)
    }

    assert list(seen.values()) == [200, 200, 200, 200, 404]
    assert offered == [True, False]
    assert answers == {
        worker: [302, 302, 200],
        writer: [302, 302, 200],
        colleague: [404] * 3,
        coordinator: [302, 302, 200],
        stranger: [404] * 3,
    }


def test_what_colleagues_have_to_do_is_shown_on_a_case_without_buttons(worker: User, case: Case) -> None:
    to_do = write(make_user(team=case.team, name="Test Colleague"), case=case, due_on=TODAY() - timedelta(days=2))

    page = signed_in(worker).get(f"/cases/{case.code}/").content.decode()

    assert "Позвонить в школу" in page
    assert "Test Colleague" in page
    assert "overdue" in page
    assert f"/to-dos/{to_do.pk}/done/" not in page


def test_lists_are_ones_own_those_given_and_of_coordinators_those_of_the_team(worker: User, case: Case) -> None:
    coordinator = make_user(Role.COORDINATOR, team=case.team)
    write(worker, "Своё", case=case)
    write(coordinator, "Данное", owner=worker)
    write(make_user(team=case.team), "Коллеги", case=case)
    write(coordinator, "Себе")
    foreign = make_user()
    elsewhere = make_case(team=team_of(foreign))
    write(foreign, "Чужое", case=elsewhere)
    # Theirs, about a case that they may not see any more.
    ToDo.objects.create(owner=worker, case=elsewhere, data_key=elsewhere.data_key, created_at=timezone.now())

    def titles(user: User, query: str) -> set[str]:
        return {row.title for row in signed_in(user).get(f"/to-dos/?{query}").context["rows"]}

    assert titles(worker, "") == {"Своё", "Данное"}
    assert titles(worker, "whose=team") == {"Своё", "Данное"}
    assert titles(coordinator, "whose=given") == {"Данное"}
    assert titles(coordinator, "whose=team") == {"Своё", "Коллеги"}


def test_done_ones_are_a_list_of_their_own_and_are_opened_from_it(worker: User) -> None:
    to_do, browser = write(worker), signed_in(worker)

    done = browser.post(f"/to-dos/{to_do.pk}/done/", {"back": "list"})
    rows = browser.get("/to-dos/?state=done").context["rows"]
    browser.post(f"/to-dos/{to_do.pk}/reopen/", {"back": "list"})

    assert done.url == "/to-dos/"
    assert [row.to_do for row in rows] == [to_do]
    assert not ToDo.objects.get().is_done


def test_they_are_narrowed_and_the_tabs_keep_by_what(worker: User, case: Case) -> None:
    coordinator, today = make_user(Role.COORDINATOR, team=case.team), timezone.localdate()
    write(worker, "Вчера", case=case, due_on=today - timedelta(days=1))
    write(worker, "Сегодня", case=case, due_on=today)
    write(worker, "Через месяц", case=case, due_on=today + timedelta(days=30))
    write(worker, "Когда-нибудь", case=case)
    write(coordinator, "Данное", owner=worker, case=case)
    about = {"kind": ToDo.Kind.REFERRAL, "about": new_id(), "data_key": case.data_key, "created_at": timezone.now()}
    ToDo.objects.create(owner=worker, case=case, due_on=today, **about)

    def titles(user: User, query: str) -> set[str]:
        return {row.title for row in signed_in(user).get(f"/to-dos/?{query}").context["rows"]}

    noticed = "A partner has not answered a referral"
    assert titles(worker, "due=-1") == {"Вчера"}
    assert titles(worker, "due=0") == {"Вчера", "Сегодня", noticed}
    assert titles(worker, "due=30") == {"Вчера", "Сегодня", noticed, "Через месяц"}
    assert titles(worker, "due=none") == {"Когда-нибудь", "Данное"}
    assert titles(worker, "kind=referral") == {noticed}
    assert titles(worker, "kind=free&due=0") == {"Вчера", "Сегодня"}
    assert titles(coordinator, f"whose=team&owner={worker.pk}&kind=referral") == {noticed}
    assert titles(coordinator, f"whose=team&owner={coordinator.pk}") == set()
    assert titles(coordinator, f"whose=given&owner={worker.pk}") == {"Данное"}
    assert len(titles(worker, "due=wann&kind=nothing")) == 6

    answer = signed_in(coordinator).get("/to-dos/?whose=team&kind=referral&due=0&after=x")
    assert {tab.url for tab in answer.context["tabs"]} == {
        f"/to-dos/?whose={whose}&kind=referral&due=0" for whose in ("me", "given", "team")
    }
    assert [(chip.label, chip.value) for chip in answer.context["chips"]] == [
        ("About", "the answer of a partner is overdue"),
        ("Due", "overdue or today"),
    ]
    nothing = signed_in(worker).get("/to-dos/?kind=transfer").content.decode()
    assert "No to-do is like that" in nothing
    assert 'href="/to-dos/?whose=me&amp;state="' in nothing


def test_somebody_who_is_not_of_the_team_cannot_be_asked_for(worker: User, case: Case) -> None:
    """Whom an address may name is whom the form offers, so that nobody tries out who is there."""
    coordinator, stranger = make_user(Role.COORDINATOR, team=case.team), make_user()
    page = signed_in(coordinator).get(f"/to-dos/?whose=team&owner={stranger.pk}")

    assert page.context["form"].errors.keys() == {"owner"}
    assert str(stranger.email) not in page.content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_any_number_of_rows_takes_the_same_queries(worker: User, number: int) -> None:
    browser = signed_in(worker)
    for _ in range(number):
        write(worker, case=make_case(team=team_of(worker)))
    browser.get("/to-dos/")

    with counted_queries() as asked:
        browser.get("/to-dos/")

    assert len(asked) <= 7, "\n".join(asked)


def test_pages_are_refused_to_others(worker: User, case: Case) -> None:
    urls = ["/to-dos/new/", "/to-dos/"]

    assert [signed_in(make_user(Role.ADMINISTRATOR)).get(url).status_code for url in urls] == [403, 403]
    assert signed_in(make_user()).get(f"/cases/{case.code}/to-dos/new/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_finished_by_two_at_once_it_is_done_once() -> None:
    worker = make_user()
    to_do = write(worker)

    at_once(*[lambda: actions.finish_to_do(to_do=to_do, by=worker, now=timezone.now())] * 3)

    assert ToDo.objects.get().is_done
    assert Event.objects.filter(type="clients.to_do_done").count() == 1
