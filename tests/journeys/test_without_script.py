"""Whoever has switched scripts off does all of it too."""

from datetime import timedelta

import pytest
from django.utils import timezone

from casework.accounts.roles import Role
from casework.clients.models import Case
from casework.housing.models import Placement
from casework.lib.dates import today_in
from casework.residency.models import Deadline, Stay
from tests.browser import PHONE
from tests.factories.accounts import make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.housing import make_beds, make_request, make_site
from tests.factories.referrals import make_coordinator
from tests.journeys.conftest import Visit
from tests.journeys.people import almaty, days_ago, signed_in, type_case, type_day, worker_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_case_is_logged_a_stay_added_and_a_deadline_waived(visit: Visit, reference_rules: None) -> None:
    worker, today = worker_of(almaty()), today_in("Asia/Almaty", timezone.now())
    visitor = signed_in(visit(viewport=PHONE, java_script_enabled=False), worker)
    page = visitor.page

    visitor.go("/cases/new/")
    type_case(visitor, entered=days_ago(20, today))
    visitor.press("Log this case")
    case = Case.objects.get()
    deadline = page.locator("#deadlines .deadline-row", has_text="Leave the country by").first
    without_the_other_stay = deadline.locator(".deadline-row-tag").inner_text()

    # Thirty days before, in another stay, count in the same window.
    visitor.follow("Record a stay")
    page.select_option("[name=country]", "KZ")
    for name, day in (("entered", days_ago(99, today)), ("left", days_ago(30, today))):
        page.check(f"[name={name}_known][value=exact]")
        type_day(visitor, f"{name}_exact", day)
    visitor.press("Save this stay")
    assert visitor.path.startswith(f"/cases/{case.code}/")
    assert Stay.objects.filter(client__case=case).count() == 2
    assert deadline.locator(".deadline-row-tag").inner_text() != without_the_other_stay

    # Seventy days were used before the entry twenty days ago; the last of ninety is the day before today.
    waived = Deadline.objects.get(client__case=case, duty="leave")
    assert waived.due_on == days_ago(20, today) + timedelta(days=19)

    deadline.locator(".waive summary").click()
    deadline.locator("[name=reason]").fill("Подал на убежище")
    visitor.press("Waive this deadline", within=f"#deadlines .waive:has(#reason-{waived.pk})")
    waived.refresh_from_db()
    assert waived.state == Deadline.State.WAIVED

    page.locator("#deadlines summary", has_text="Done, waived or passed").click()
    visitor.follow("Why this date? Leave the country by", within="#deadlines")
    assert "Подал на убежище" in visitor.text


def test_a_family_is_placed(visit: Visit) -> None:
    team = make_team(name="Bishkek", country="KG", time_zone="Asia/Bishkek")
    coordinator, today = make_coordinator(team), today_in("Asia/Bishkek", timezone.now())
    make_beds(4, site=make_site(team=team), for_whom="family", label="Flat 1")
    mother = make_client(case=make_case(team=team, by=coordinator), by=coordinator, family_name="Пятерикова")
    child = make_client(case=mother.case, by=coordinator, relation="child", given_name="Малая")
    make_request([mother, child], by=coordinator, now=timezone.now(), needed_from=today)
    visitor = signed_in(visit(viewport=PHONE, java_script_enabled=False), coordinator)

    visitor.go("/housing/waiting/").follow("Find beds").follow("Place them there").press("Place them there")

    assert {row.client: row.state for row in Placement.objects.all()} == dict.fromkeys((mother, child), "held")
    assert len({row.bed for row in Placement.objects.all()}) == 2
    assert "Flat 1" in visitor.text


def test_a_caseload_is_handed_over(visit: Visit) -> None:
    make_user(Role.ADMINISTRATOR)
    team = almaty()
    coordinator, leaver = make_coordinator(team), worker_of(team)
    first, second = (make_user(team=team, name=name) for name in ("Первый Коллега", "Вторая Коллега"))
    cases = [make_case(team=team, caseworker=leaver, by=coordinator) for _each in range(3)]
    for case in cases:
        make_client(case=case, by=coordinator)
    visitor = signed_in(visit(viewport=PHONE, java_script_enabled=False), coordinator)
    page = visitor.page

    visitor.go("/leavers/").follow("Test Worker")
    page.select_option("[name=rest]", str(first.pk))
    page.get_by_label(f"Who takes {cases[0].code}").select_option(str(second.pk))
    visitor.press("Show what will happen")
    assert "This will happen" in visitor.text
    assert set(Case.objects.values_list("caseworker", flat=True)) == {leaver.pk}
    visitor.press("Hand over and end their access now")

    given = dict(Case.objects.values_list("pk", "caseworker"))
    assert given == {cases[0].pk: second.pk, cases[1].pk: first.pk, cases[2].pk: first.pk}
    leaver.refresh_from_db()
    assert not leaver.is_active
