"""The pages of erasure: asked for by one, confirmed by another, refused to everybody else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from casework.accounts.models import Organisation, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, Client, Erasure, LegalHold, RetentionPeriod
from casework.lifecycle.erasure import acts
from casework.web.erasure.rows import counted
from tests.counting import counted_queries
from tests.factories.accounts import make_user, team_of
from tests.factories.clients import hide, make_case, make_client, make_note
from tests.factories.documents import make_document
from tests.web.cases.pages import signed_in
from tests.web.sign_in.test_step_up import wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user()


@pytest.fixture
def second(worker: User) -> User:
    return make_user(Role.COORDINATOR, team=team_of(worker))


@pytest.fixture
def client(worker: User) -> Client:
    return make_client(case=make_case(team=team_of(worker), caseworker=worker, by=worker), by=worker)


def asked(client: Client, by: User, **fields: Any) -> Erasure:
    return acts.ask_to_erase(case=client.case, reason="wish", by=by, now=timezone.now(), **fields)


def archived(case: Case, by: User, *, months: int = 0) -> None:
    when = timezone.now() - relativedelta(months=months) - timedelta(days=1)
    Case.objects.filter(pk=case.pk).update(
        status="closed", closing_reason="needs_met", closed_at=when, archived_at=when
    )


def test_one_asks_another_confirms_and_nobody_finds_anything_any_more(
    worker: User, second: User, client: Client
) -> None:
    code, browser = client.case.code, signed_in(worker)
    page = browser.get(f"/cases/{code}/erase/")
    assert page.context["form"].fields["whom"].choices == [("case", "the whole case, with everybody in it")]
    answer = browser.post(f"/cases/{code}/erase/", {"whom": "case", "reason": "wish", "id": ""})
    assert answer["Location"] == f"/cases/{code}/keeping/"
    erasure = Erasure.objects.get()
    assert f"case {code}" in browser.get("/erasures/").content.decode()
    own = browser.get(f"/erasures/{erasure.pk}/").content.decode()
    assert ("Another person has to confirm it" in own, "Erase for good" in own) == (True, False)
    assert browser.get(f"/erasures/{erasure.pk}/confirm/").status_code == 403

    other = signed_in(second)
    confirm = f"/erasures/{erasure.pk}/confirm/"
    wrong = other.post(confirm, {"code": "C-000-000"})
    assert "This is not the code of the case" in wrong.content.decode()
    assert Case.objects.filter(code=code).exists()
    assert other.post(confirm, {"code": f" {code.lower()} "})["Location"] == f"/erasures/{erasure.pk}/"

    assert not Case.objects.filter(code=code).exists()
    done = other.get(f"/erasures/{erasure.pk}/").content.decode()
    assert all(words in done for words in ("What went", "keys that opened it", "What stays, and names nobody"))
    assert code not in done
    for reader in (browser, other):
        assert reader.get(f"/cases/{code}/").status_code == 404
        assert "Образцова" not in reader.post("/search/", {"q": "Образцова"}).content.decode().replace(
            'value="Образцова"', ""
        )
        assert code not in reader.get("/cases/?status=any").content.decode()
    assert other.post(confirm, {"code": code}).status_code == 404


def test_of_a_family_one_is_chosen_and_what_names_nobody_is_said_first(
    worker: User, second: User, client: Client
) -> None:
    child = make_client(case=client.case, by=worker, relation="child", given_name="Малая")
    make_note(client.case, by=worker, text="ни о ком")
    browser, other = signed_in(worker), signed_in(second)

    answer = browser.post(f"/cases/{client.case.code}/erase/", {"whom": str(child.pk), "reason": "wish"})
    assert answer.status_code == 302
    erasure = Erasure.objects.get()
    page = other.get(f"/erasures/{erasure.pk}/").content.decode()
    assert child.reference in page
    assert "It stays. Look through it first" in page
    other.post(f"/erasures/{erasure.pk}/confirm/", {"code": client.case.code})

    assert list(client.case.clients.all()) == [client]
    assert other.get(f"/clients/{child.reference}/").status_code == 404
    assert other.get(f"/cases/{client.case.code}/").status_code == 200


def paper_of(page: Any, language: str) -> str:
    return str(page.content.decode().split(f'<article class="sheet" lang="{language}">')[1].split("</article>")[0])


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "Your data was erased"),
        ("ru", "Ваши данные стёрты"),
        ("kk", "Сіздің деректеріңіз"),
        ("mn", "бүрмөсөн устгасан"),
        ("uk", "Ваші дані стерто"),
    ],
)
def test_an_erasure_is_confirmed_on_paper_which_names_nobody(
    worker: User, second: User, client: Client, language: str, says: str
) -> None:
    make_document(client)
    code, reference, name = client.case.code, client.reference, client.family_name
    erasure = asked(client, worker)
    paper = f"/erasures/{erasure.pk}/paper/"
    assert signed_in(worker).get(paper).status_code == 404
    acts.confirm_erasure(erasure=erasure, by=second, now=timezone.now())

    page = signed_in(worker).get(paper, {"language": language})

    text = paper_of(page, language)
    assert says in text
    assert f"E-{str(erasure.pk)[-8:].upper()}" in text
    for known in (code, reference, name, second.display_name, second.email):
        assert known not in text
    assert paper in signed_in(second).get(f"/erasures/{erasure.pk}/").content.decode()
    assert Event.objects.filter(type="lifecycle.confirmation_printed", case_id=erasure.case_id).exists()
    assert signed_in(make_user(Role.COORDINATOR)).get(paper).status_code == 404


def test_the_paper_names_what_went_and_no_more(worker: User, second: User, client: Client) -> None:
    make_document(client)
    erasure = asked(client, worker)
    acts.confirm_erasure(erasure=erasure, by=second, now=timezone.now())

    text = paper_of(signed_in(worker).get(f"/erasures/{erasure.pk}/paper/"), "en")

    assert "The whole case, with everybody in it" in text
    assert "your documents and the pictures of them" in text
    assert "the keys with which all of this was encrypted" in text
    assert "where you were housed" not in text
    assert "stays with them" in text


@pytest.mark.parametrize(
    ("too", "says"),
    [
        (False, "what is written of the case as a whole, stays"),
        (True, "What was written of the case as a whole was erased too"),
    ],
)
def test_the_paper_for_one_of_a_family_says_what_stays_with_the_others(
    worker: User, second: User, client: Client, too: bool, says: str
) -> None:
    child = make_client(case=client.case, by=worker, relation="child", given_name="Малая")
    erasure = acts.ask_to_erase(
        case=client.case, client=child, reason="wish", unassigned_too=too, by=worker, now=timezone.now()
    )
    acts.confirm_erasure(erasure=erasure, by=second, now=timezone.now())

    text = paper_of(signed_in(worker).get(f"/erasures/{erasure.pk}/paper/"), "en")

    assert "What was held about you alone" in text
    assert says in text


def test_who_we_are_is_on_the_paper_only_if_asked_for(worker: User, second: User, client: Client) -> None:
    Organisation.objects.update_or_create(
        pk=1, defaults={"name": "Invented Help", "data_contact": "data@invented.example"}
    )
    erasure = asked(client, worker)
    acts.confirm_erasure(erasure=erasure, by=second, now=timezone.now())
    browser, paper = signed_in(worker), f"/erasures/{erasure.pk}/paper/"

    without, named = paper_of(browser.get(paper), "en"), paper_of(browser.get(paper, {"office": "on"}), "en")

    assert "Invented Help" not in without
    assert "Ask whoever gave you this paper." in without
    assert "Invented Help" in named
    assert "data@invented.example" in named


def test_what_stands_in_the_way_is_said_beside_what_was_typed(worker: User, client: Client) -> None:
    make_client(case=client.case, by=worker, relation="child")

    page = signed_in(worker).post(f"/cases/{client.case.code}/erase/", {"whom": str(client.pk), "reason": "danger"})

    assert page.status_code == 200
    assert "This is the principal applicant" in page.content.decode()
    assert page.context["form"]["reason"].value() == "danger"
    assert not Erasure.objects.exists()


def test_a_hold_is_ordered_and_lifted_and_keeps_the_case_meanwhile(worker: User, second: User, client: Client) -> None:
    code, browser = client.case.code, signed_in(second)
    assert browser.post(f"/cases/{code}/hold/", {"reason": " "}).status_code == 200
    assert browser.post(f"/cases/{code}/hold/", {"reason": "Суд, дело 1"}).status_code == 302
    page = signed_in(worker).get(f"/cases/{code}/keeping/").content.decode()
    assert "Суд, дело 1" in page
    assert "In force" in page
    assert (
        "A legal hold keeps this case"
        in signed_in(worker).post(f"/cases/{code}/erase/", {"whom": "case", "reason": "wish"}).content.decode()
    )

    assert browser.post(f"/cases/{code}/hold/lift/").status_code == 302

    assert LegalHold.objects.get().lifted_by == second
    assert "Lifted" in browser.get(f"/cases/{code}/keeping/").content.decode()


def test_who_asked_takes_it_back_and_a_colleague_refuses_it(worker: User, second: User, client: Client) -> None:
    mine = asked(client, worker)
    assert signed_in(worker).post(f"/erasures/{mine.pk}/withdraw/").status_code == 302
    theirs = asked(client, worker)
    assert signed_in(second).post(f"/erasures/{theirs.pk}/withdraw/").status_code == 302

    states = dict(Erasure.objects.values_list("pk", "state"))
    assert states == {mine.pk: "withdrawn", theirs.pk: "refused"}


def test_an_archived_case_is_erased_too(worker: User, second: User, client: Client) -> None:
    archived(client.case, worker)

    signed_in(worker).post(f"/cases/{client.case.code}/erase/", {"whom": "case", "reason": "period"})
    erasure = Erasure.objects.get()
    signed_in(second).post(f"/erasures/{erasure.pk}/confirm/", {"code": client.case.code})

    assert not Case.objects.exists()


@pytest.mark.parametrize("kind", ["other team", "restricted and not named", "administrator", "auditor"])
def test_nobody_else_sees_or_does_any_of_it(kind: str, worker: User, client: Client) -> None:
    erasure, code = asked(client, worker), client.case.code
    if kind == "restricted and not named":
        stranger = make_user(Role.COORDINATOR, team=team_of(worker))
        hide(client.case, worker)
    else:
        stranger = make_user({"administrator": Role.ADMINISTRATOR, "auditor": Role.AUDITOR}.get(kind, Role.COORDINATOR))
    make_case(team=team_of(stranger if kind == "other team" else worker), by=worker)  # one that coordinators do see
    browser = signed_in(stranger)
    expected = 403 if kind in ("administrator", "auditor") else 404

    gets = (f"/cases/{code}/keeping/", f"/cases/{code}/erase/", f"/cases/{code}/hold/", f"/erasures/{erasure.pk}/",
            f"/erasures/{erasure.pk}/confirm/")  # fmt: skip
    posts = (
        *gets[1:3],
        f"/cases/{code}/hold/lift/",
        f"/erasures/{erasure.pk}/confirm/",
        f"/erasures/{erasure.pk}/withdraw/",
    )
    assert {browser.get(address).status_code for address in gets} == {expected}
    assert {
        browser.post(address, {"code": code, "whom": "case", "reason": "wish"}).status_code for address in posts
    } == {expected}
    listed = browser.get("/erasures/")
    assert listed.status_code == (403 if expected == 403 else 200)
    assert code not in listed.content.decode()
    erasure.refresh_from_db()
    assert (erasure.state, Erasure.objects.count(), LegalHold.objects.count()) == ("asked", 1, 0)


def test_a_caseworker_neither_confirms_nor_holds(worker: User, second: User, client: Client) -> None:
    erasure = asked(client, second)
    browser = signed_in(worker)

    for address in (
        f"/erasures/{erasure.pk}/confirm/",
        f"/cases/{client.case.code}/hold/",
        f"/cases/{client.case.code}/hold/lift/",
        "/retention/due/",
    ):
        assert browser.post(address, {"code": client.case.code, "reason": "x"}).status_code == 403, address


def test_what_is_done_is_shown_to_those_two_and_to_nobody_else(worker: User, second: User, client: Client) -> None:
    erasure = acts.confirm_erasure(erasure=asked(client, worker), by=second, now=timezone.now())
    colleague = make_user(Role.COORDINATOR, team=team_of(worker))

    answers = [signed_in(user).get(f"/erasures/{erasure.pk}/").status_code for user in (worker, second, colleague)]

    assert answers == [200, 200, 404]


def test_what_was_done_in_a_case_is_shown_to_who_decided_it_as_long_as_they_may_see_the_case(
    worker: User, second: User, client: Client
) -> None:
    child = make_client(case=client.case, by=worker, relation="child", given_name="Малая")
    wish: dict[str, Any] = {"case": client.case, "client": child, "reason": "wish"}
    erasure = acts.ask_to_erase(**wish, by=worker, now=timezone.now())
    done = acts.confirm_erasure(erasure=erasure, by=second, now=timezone.now())
    browser, address = signed_in(second), f"/erasures/{done.pk}/"
    assert browser.get(address).status_code == 200
    assert client.case.code in browser.get("/erasures/").content.decode()

    hide(client.case, worker)

    assert browser.get(address).status_code == 404
    assert browser.get(f"{address}paper/").status_code == 404
    assert client.case.code not in browser.get("/erasures/").content.decode()


def test_administrators_set_the_periods_and_see_no_number_of_people(worker: User) -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))
    page = browser.get("/retention/change/")
    fields = {
        "case": "60",
        "scan": "12",
        "referral_in": "",
        "complaint": "0",
        "host": "",
        "seen": page.context["form"]["seen"].value(),
    }
    assert browser.post("/retention/change/", fields).status_code == 200
    assert browser.post("/retention/change/", fields | {"complaint": "24"}).status_code == 302

    assert dict(RetentionPeriod.objects.values_list("kind", "months")) == {
        "case": 60,
        "scan": 12,
        "referral_in": None,
        "complaint": 24,
        "host": None,
    }
    page = browser.get("/retention/").content.decode()
    for words in (
        "60 months",
        "What goes by itself",
        "Forms that were begun and not sent",
        "What stays, and why",
        "nothing can be cut out",
    ):
        assert words in page, words
    again = browser.post("/retention/change/", fields | {"complaint": "36"})
    assert "Somebody else has changed this meanwhile" in again.content.decode()
    assert signed_in(worker).get("/retention/").status_code == 403


def test_every_period_says_its_unit_beside_the_field_and_in_what_is_refused() -> None:
    browser = signed_in(make_user(Role.ADMINISTRATOR))
    page = browser.get("/retention/change/").content.decode()

    refused = browser.post("/retention/change/", {"case": "0", "seen": "0"}).content.decode()

    for kind in RetentionPeriod.Kind:
        label = re.search(rf'<label\s+for="id_{kind.value}"[^>]*>(.*?)</label>', page, re.DOTALL)
        assert label is not None, kind
        assert label[1].strip() == f"{kind.label[:1].upper()}{kind.label[1:]} (in months)"
    summary = refused.split('class="error-summary', 1)[1].split("</div>", 1)[0]
    assert "Cases and everything in them (in months)" in summary


def test_coordinators_list_what_is_older_and_ask_for_it_once(worker: User, second: User, client: Client) -> None:
    RetentionPeriod.objects.create(kind="case", months=12)
    young, held, foreign = (
        make_client(case=make_case(team=team, by=worker), by=worker)
        for team in (client.case.team, client.case.team, team_of(make_user()))
    )
    for each, months in ((client, 12), (young, 11), (held, 20), (foreign, 20)):
        archived(each.case, worker, months=months)
    acts.order_hold(case=held.case, reason="Суд", by=second, now=timezone.now())
    browser = signed_in(second)

    page = browser.get("/retention/due/").content.decode()
    assert [each.case.code in page for each in (client, young, held, foreign)] == [True, False, True, False]
    ticked = {"case": [str(each.case_id) for each in (client, young, held, foreign)]}
    browser.post("/retention/due/", ticked)
    browser.post("/retention/due/", ticked)

    assert list(Erasure.objects.values_list("case_id", "reason")) == [(client.case_id, "period")]
    assert client.case.code not in browser.get("/retention/due/").content.decode()


def test_to_ask_for_several_asks_who_it_is_as_for_one(worker: User, second: User, client: Client) -> None:
    RetentionPeriod.objects.create(kind="case", months=12)
    archived(client.case, worker, months=12)
    browser = signed_in(second)
    wait(browser)

    listed = browser.get("/retention/due/")
    answer = browser.post("/retention/due/", {"case": [str(client.case_id)]})

    assert client.case.code in listed.content.decode()
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("address", ["/erasures/", "/retention/due/"])
def test_the_lists_cost_the_same_however_long_they_are(address: str, worker: User, second: User) -> None:
    RetentionPeriod.objects.create(kind="case", months=1)
    browser = signed_in(second)
    browser.get(address)

    def cost(number: int) -> int:
        for _count in range(number):
            one, other = (make_client(case=make_case(team=team_of(worker), by=worker), by=worker) for _each in range(2))
            asked(one, worker)
            archived(other.case, worker, months=2)
        with counted_queries() as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    assert cost(1) == cost(3) <= 12


def test_the_page_of_one_case_stays_within_its_queries(worker: User, second: User, client: Client) -> None:
    acts.order_hold(case=client.case, reason="Суд", by=second, now=timezone.now())
    browser = signed_in(second)
    browser.get(f"/cases/{client.case.code}/keeping/")

    with counted_queries() as queries:
        browser.get(f"/cases/{client.case.code}/keeping/")

    assert len(queries) <= 20


def test_every_look_is_on_record(worker: User, client: Client) -> None:
    erasure, browser = asked(client, worker), signed_in(worker)
    for address in (f"/cases/{client.case.code}/keeping/", "/erasures/", f"/erasures/{erasure.pk}/"):
        browser.get(address)

    found = Event.objects.filter(actor_id=worker.pk).order_by("pk").values_list("type", "case_id")
    assert list(found)[-3:] == [
        ("lifecycle.holds_seen", client.case_id),
        ("lifecycle.erasures_listed", None),
        ("lifecycle.erasure_seen", client.case_id),
    ]


def test_what_has_no_name_of_its_own_is_counted_last() -> None:
    rows = counted({"clients.ToDoPerson": 9, "clients.Note": 1, "clients.Contact": 2, "clients.CaseMember": 0})

    assert [row.value for row in rows] == ["2", "1", "9"]
    assert rows[-1].label == "what hangs on them"
