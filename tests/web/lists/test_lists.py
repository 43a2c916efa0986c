"""Lists as each reader likes them: filters kept under a name, columns chosen, both for oneself alone."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import SAVED_AT_MOST, SavedFilter, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.lib.ids import new_id
from tests.counting import counted_queries
from tests.factories.accounts import make_membership, make_user, team_of
from tests.factories.clients import make_client
from tests.web.cases.pages import signed_in
from tests.web.exports.files import lines_of, take

pytestmark = pytest.mark.django_db


def save(browser: Browser, name: str = "Мои срочные", query: str = "priority=urgent", **more: str) -> None:
    values = {"id": str(new_id()), "listing": "cases", "name": name, "query": query, **more}
    assert browser.post(reverse("save_filter"), values).status_code == 302


def names(user: User) -> list[str]:
    return [str(row.name) for row in signed_in(user).get(reverse("saved_filters")).context["rows"]]


def test_filters_are_kept_under_a_name_and_used_again() -> None:
    worker = make_user()
    browser = signed_in(worker)
    query = urlencode({"priority": "urgent", "caseworker": str(worker.pk)})

    saved = browser.get(f"{reverse('cases')}?{query}&after=xyz").context["saved"]
    save(browser, query=saved.query)

    [row] = browser.get(reverse("cases")).context["saved"].rows
    assert row.name == "Мои срочные"
    again = browser.get(row.url)
    assert {chip.label for chip in again.context["chips"]} == {"Caseworker", "Priority"}
    assert (again.context["saved"].rows[0].is_current, again.context["saved"].query) == (True, "")


def test_only_filters_are_kept_and_nothing_that_somebody_wrote_into_the_address() -> None:
    worker = make_user()
    save(signed_in(worker), query="priority=urgent&q=Придуманов&after=2026-01-01&status=")

    assert SavedFilter.objects.get().query == "priority=urgent"


def test_name_and_filters_are_sealed_at_rest() -> None:
    worker = make_user()
    save(signed_in(worker), name="Дела Придуманова", query=f"caseworker={worker.pk}")

    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_savedfilter::text FROM accounts_savedfilter")
        [[row]] = cursor.fetchall()
    assert "Придуманова" not in row
    assert row.count(str(worker.pk)) == 1  # whose it is, and not whom it filters by
    assert "Придуманова" not in str(list(Event.objects.filter(type="accounts.filter_saved").values_list("data")))


def test_a_name_that_is_refused_is_shown_again_and_can_be_mended() -> None:
    worker = make_user()
    browser = signed_in(worker)
    values = {"id": str(new_id()), "listing": "cases", "query": "priority=urgent", "name": "Срочные " * 9}

    refused = browser.post(reverse("save_filter"), values)

    assert refused.status_code == 200
    assert values["name"].strip() in refused.content.decode()
    typed = {name: refused.context["form"][name].value() for name in ("id", "listing", "query")}
    assert browser.post(reverse("save_filter"), typed | {"name": "Срочные"}).status_code == 302
    assert names(worker) == ["Срочные"]


def test_nobody_sees_uses_renames_or_removes_those_of_somebody_else() -> None:
    worker = make_user()
    colleague = make_user(team=team_of(worker))
    save(signed_in(worker))
    saved, other = SavedFilter.objects.get(), signed_in(colleague)

    assert names(colleague) == []
    assert other.get(reverse("cases")).context["saved"].rows == []
    assert other.get(reverse("rename_filter", args=[saved.pk])).status_code == 404
    assert other.post(reverse("rename_filter", args=[saved.pk]), {"name": "Чужое"}).status_code == 404
    assert other.post(reverse("remove_filter", args=[saved.pk])).status_code == 404
    assert names(worker) == ["Мои срочные"]


def test_they_are_renamed_and_removed() -> None:
    worker = make_user()
    browser = signed_in(worker)
    save(browser)
    saved = SavedFilter.objects.get()

    browser.post(reverse("rename_filter", args=[saved.pk]), {"name": "Срочные"})
    assert names(worker) == ["Срочные"]
    assert browser.post(reverse("rename_filter", args=[saved.pk]), {"name": ""}).status_code == 200
    browser.post(reverse("remove_filter", args=[saved.pk]))
    assert names(worker) == []


def test_sent_twice_it_is_kept_once_and_another_cannot_take_its_id() -> None:
    worker, colleague = make_user(), make_user()
    token = str(new_id())
    for _ in range(2):
        save(signed_in(worker), id=token)

    taken = signed_in(colleague).post(
        reverse("save_filter"), {"id": token, "listing": "cases", "name": "x", "query": "priority=high"}
    )
    assert (SavedFilter.objects.count(), taken.status_code) == (1, 400)


def test_without_a_name_a_filter_or_room_nothing_is_kept_and_it_says_why() -> None:
    worker = make_user()
    browser = signed_in(worker)
    for name, query, says in (
        ("", "priority=high", "Give it a name."),
        ("Все", "", "No filter is in force"),
        ("Все", "colour=red", "No filter is in force"),
    ):
        values = {"id": str(new_id()), "listing": "cases", "name": name, "query": query}
        assert says in browser.post(reverse("save_filter"), values, follow=True).content.decode()
    for number in range(SAVED_AT_MOST):
        save(browser, name=f"Фильтр {number}")
    values = {"id": str(new_id()), "listing": "cases", "name": "Ещё", "query": "priority=high"}

    assert "Remove one first" in browser.post(reverse("save_filter"), values, follow=True).content.decode()
    assert SavedFilter.objects.count() == SAVED_AT_MOST
    assert browser.post(reverse("save_filter"), values | {"listing": "people"}).status_code == 404


def test_those_of_colleagues_take_no_room() -> None:
    worker, colleague = make_user(), make_user()
    for number in range(SAVED_AT_MOST):
        save(signed_in(colleague), name=f"Фильтр {number}")
    save(signed_in(worker))

    assert names(worker) == ["Мои срочные"]


def test_outgoing_messages_have_theirs() -> None:
    worker = make_user()
    browser = signed_in(worker)
    save(browser, listing="messages", name="Не ушли", query="state=failed&since_day=1&since_month=11&since_year=2026")

    [row] = browser.get(reverse("outgoing_messages")).context["saved"].rows
    assert row.url.startswith(f"{reverse('outgoing_messages')}?state=failed&since_day=1")
    assert browser.get(reverse("cases")).context["saved"].rows == []


@pytest.mark.parametrize(
    ("listing", "name", "query"),
    [
        ("to_dos", "to_dos", "whose=me&due=-1"),
        ("calendar", "deadline_calendar", "whose=team&duty=leave"),
        ("calendar", "deadline_timeline", "whose=team&duty=leave"),
    ],
)
def test_to_dos_and_deadlines_have_theirs_with_whose_they_are(listing: str, name: str, query: str) -> None:
    browser = signed_in(make_user())
    whose = query.split("&", maxsplit=1)[0]
    assert browser.get(f"{reverse(name)}?{whose}").context["saved"].query == ""
    offered = browser.get(f"{reverse(name)}?{query}&after=x").context["saved"]
    assert (offered.listing, offered.page, offered.query) == (listing, name, query)

    save(browser, listing=listing, page=name, name="Срочное", query=query)

    [row] = browser.get(reverse(name)).context["saved"].rows
    assert row.url == f"{reverse(name)}?{query}"
    again = browser.get(row.url).context
    assert again["saved"].rows[0].is_current
    assert len(again["chips"]) == 1


def test_calendar_and_timeline_have_the_same_and_each_leads_back_to_itself() -> None:
    browser, query = signed_in(make_user()), "whose=team&duty=leave"
    values = {"listing": "calendar", "name": "Выезды", "query": query}
    pages = {
        "deadline_timeline": "deadline_timeline",
        "deadline_calendar": "deadline_calendar",
        "cases": "deadline_calendar",
    }

    for asked, shown in pages.items():
        sent = browser.post(reverse("save_filter"), values | {"id": str(new_id()), "page": asked})
        assert sent["Location"] == f"{reverse(shown)}?{query}"

    for page in ("deadline_timeline", "deadline_calendar"):
        assert {row.url for row in browser.get(reverse(page)).context["saved"].rows} == {f"{reverse(page)}?{query}"}
    refused = browser.post(
        reverse("save_filter"), values | {"id": str(new_id()), "page": "deadline_timeline", "name": ""}
    )
    assert refused.context["form"]["page"].value() == "deadline_timeline"
    assert f"{reverse('deadline_timeline')}?whose=team" in refused.content.decode()


@pytest.mark.parametrize("page", ["saved_filters", "case_columns"])
def test_only_those_who_see_cases_have_these_pages(page: str) -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.REPORT_READER, Role.POLICY_EDITOR):
        assert signed_in(make_user(role)).get(reverse(page)).status_code == 403


# Columns


def heads(browser: Browser) -> list[str]:
    return [str(column["key"]) for column in browser.get(reverse("cases")).context["columns"]]


def test_the_list_has_the_columns_that_its_reader_chose() -> None:
    worker = make_user()
    colleague = make_user(team=team_of(worker))
    make_client(team=team_of(worker), by=worker)
    browser = signed_in(worker)

    browser.post(reverse("case_columns"), {"columns": ["opened", "team", "deadline"]})

    assert heads(browser) == ["deadline", "team", "opened"]
    assert heads(signed_in(colleague)) == ["applicant", "country", "deadline", "caseworker"]
    assert team_of(worker).name in browser.get(reverse("cases")).content.decode()
    browser.post(reverse("case_columns"), {"none": "ticked"})
    assert heads(browser) == ["applicant", "country", "deadline", "caseworker"]


def test_every_column_has_its_cell() -> None:
    worker = make_user()
    make_client(team=team_of(worker), by=worker)
    browser = signed_in(worker)
    everything = [
        "applicant",
        "country",
        "deadline",
        "caseworker",
        "status",
        "priority",
        "programmes",
        "team",
        "opened",
    ]
    browser.post(reverse("case_columns"), {"columns": everything})

    page = browser.get(reverse("cases")).content.decode()
    assert page.count('<td data-label="') == len(everything)
    assert "></td>" not in page


def test_a_column_that_is_none_is_refused() -> None:
    worker = make_user()
    assert signed_in(worker).post(reverse("case_columns"), {"columns": ["password"]}).status_code == 200
    worker.refresh_from_db()
    assert worker.case_columns == []


def test_the_file_has_the_same_columns() -> None:
    worker = make_user()
    make_client(team=team_of(worker), by=worker)
    browser = signed_in(worker)
    usual = lines_of(take(browser, "cases", format="csv"))[0]
    browser.post(reverse("case_columns"), {"columns": ["caseworker", "opened"]})

    head, line = lines_of(take(browser, "cases", format="csv"))
    assert head == ["Case", "Restricted", "Caseworker", "Opened"]
    assert len(line) == 4
    assert len(usual) == 13


def test_the_list_still_costs_twelve_queries() -> None:
    worker = make_user()
    browser = signed_in(worker)
    make_client(team=team_of(worker), by=worker)
    for number in range(3):
        save(browser, name=f"Фильтр {number}")
    browser.get(reverse("cases"))

    with counted_queries() as asked:
        browser.get(reverse("cases"))
    assert len(asked) <= 12, "\n".join(asked)


# Shortcuts


def test_single_keys_are_turned_off_and_on_again() -> None:
    user = make_user()
    make_membership(user, Role.REPORT_READER)
    browser = signed_in(user)
    assert "shortcuts/keys.js" in browser.get(reverse("cases")).content.decode()

    browser.post(reverse("shortcuts"), {"single_keys": "off"})
    off = browser.get(reverse("shortcuts")).content.decode()
    assert "shortcuts/keys.js" not in off
    assert "Turn single keys on" in off
    assert "aria-keyshortcuts" not in off
    browser.post(reverse("shortcuts"), {"single_keys": "on"})
    assert "shortcuts/keys.js" in browser.get(reverse("shortcuts")).content.decode()


def test_the_sheet_tells_of_no_page_that_is_not_ones_own() -> None:
    administrator = signed_in(make_user(Role.ADMINISTRATOR)).get(reverse("shortcuts")).content.decode()
    assert "Log a case" not in administrator.split("data-sheet")[1]
    assert "Log a case" in signed_in(make_user()).get(reverse("shortcuts")).content.decode().split("data-sheet")[1]


def test_every_key_that_the_sheet_names_leads_somewhere() -> None:
    """The letters after "g" stand on links of the same page: what the sheet says and what the keys do cannot part."""
    user = make_user(Role.COORDINATOR)
    page = signed_in(user).get(reverse("shortcuts"))
    to_a_page = page.context["groups"][1][1]

    assert len(to_a_page) > 6
    for shortcut in to_a_page:
        assert f'data-go="{shortcut.keys[1]}"' in page.content.decode(), shortcut
