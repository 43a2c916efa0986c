from datetime import time
from typing import Any

import pytest
from django.test import Client as Browser

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.reminders.policies import KindPolicy, OwnSettings, Policy
from casework.web.reminders.forms import LEADS, SPOKEN_OF
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db

URL, OWN = "/reminders/policy/", "/account/reminders/"


@pytest.fixture
def administrator(client: Browser) -> User:
    user = make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    return user


def typed(**changed: Any) -> dict[str, Any]:
    leads = {f"{LEADS}{duty}": "14, 7, 1, 0, -1" for duty in SPOKEN_OF}
    known = {"version": "1", "quiet_from": "21:00", "quiet_until": "07:00"}
    ladder = {"deputies_lead": "3", "coordinators_lead": "1"}
    return known | ladder | leads | {"clients": [str(duty) for duty in SPOKEN_OF]} | changed


def test_it_shows_on_which_days_a_date_is_spoken_of(client: Browser, administrator: User) -> None:
    page = client.get(URL).content.decode()

    assert "14, 7, 3, 2, 1, 0, -1, -7" in page
    assert "is spoken of on:" in page
    assert "26 Feb" in page  # fourteen days before 12 March


def test_it_saves_what_was_decided(client: Browser, administrator: User) -> None:
    answer = client.post(URL, typed(leads_register="10 5 0", also=["register"], working_days_only="on"), follow=True)

    row = KindPolicy.objects.get(pk="register")
    assert "The policy is saved." in answer.content.decode()
    assert (row.leads, row.also) == ([10, 5, 0], ["coordinator"])
    assert Policy.objects.get().working_days_only


def test_it_saves_of_what_the_people_themselves_are_reminded_and_when_others_are_asked(
    client: Browser, administrator: User
) -> None:
    everything = [str(duty) for duty in SPOKEN_OF]

    client.post(URL, typed(clients=everything[1:], deputies_lead="5", coordinators_lead="0"))

    assert list(KindPolicy.objects.filter(clients=False).values_list("pk", flat=True)) == everything[:1]
    policy = Policy.objects.get()
    assert (policy.deputies_lead, policy.coordinators_lead) == (5, 0)
    shown = client.get(URL).context["form"].initial
    assert (shown["clients"], shown["deputies_lead"], shown["coordinators_lead"]) == (everything[1:], 5, 0)


@pytest.mark.parametrize(
    ("ladder", "said"),
    [
        ({"deputies_lead": "1", "coordinators_lead": "2"}, "The coordinators are asked last"),
        ({"deputies_lead": "61"}, "less than or equal to 60"),
        ({"coordinators_lead": "-1"}, "greater than or equal to 0"),
        ({"coordinators_lead": ""}, "This field is required"),
    ],
)
def test_it_says_what_is_wrong_with_the_ladder(
    client: Browser, administrator: User, ladder: dict[str, str], said: str
) -> None:
    assert said in client.post(URL, typed(**ladder)).content.decode()
    assert not Policy.objects.filter(version__gt=1).exists()


def test_only_showing_the_days_writes_nothing(client: Browser, administrator: User) -> None:
    page = client.post(URL, typed(leads_register="10", preview="")).content.decode()

    assert "2 Mar" in page
    assert not KindPolicy.objects.exists()


@pytest.mark.parametrize(
    ("leads", "said"),
    [
        ("tomorrow", "Type numbers of days"),
        ("-1, -7", "Everything here comes after the date"),
        ("400", "Between 365 days before and 60 days after"),
        (" ".join(map(str, range(25))), "more than 20 messages"),
    ],
)
def test_it_says_what_is_wrong_with_the_days_and_keeps_what_was_typed(
    client: Browser, administrator: User, leads: str, said: str
) -> None:
    page = client.post(URL, typed(leads_register=leads)).content.decode()

    assert said in page
    assert leads.strip() in page
    assert not KindPolicy.objects.exists()


def test_one_end_of_the_quiet_hours_is_not_enough(client: Browser, administrator: User) -> None:
    assert "Type both times, or neither." in client.post(URL, typed(quiet_until="")).content.decode()
    assert "The quiet hours end when they begin" in client.post(URL, typed(quiet_until="21:00")).content.decode()


def test_what_another_administrator_saved_meanwhile_is_shown_beside_it(client: Browser, administrator: User) -> None:
    client.post(URL, typed(quiet_until="08:00"))

    answer = client.post(URL, typed(quiet_until="06:00"))

    assert answer.status_code == 409
    assert Policy.objects.get().quiet_until == time(8)


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.COORDINATOR, Role.AUDITOR, Role.POLICY_EDITOR])
def test_who_does_not_keep_the_settings_may_not_look(client: Browser, role: Role) -> None:
    client.force_login(make_user(role))

    assert client.get(URL).status_code == 403
    assert client.post(URL, typed(quiet_until="08:00")).status_code == 403
    assert not Policy.objects.exists()


def test_looking_leaves_an_event(client: Browser, administrator: User) -> None:
    client.get(URL)

    assert Event.objects.filter(type="reminders.policy_seen", actor_id=administrator.pk).count() == 1


def test_everybody_says_for_themselves_how_they_are_reminded(client: Browser) -> None:
    user = make_user()
    client.force_login(user)

    client.post(OWN, {"how": "digest", "digest_at": "08:30"})

    assert OwnSettings.objects.get().digest_at == time(8, 30)
    client.post(OWN, {"how": "single", "digest_at": "08:30"})
    assert OwnSettings.objects.get().digest_at is None


def test_how_a_colleague_is_reminded_is_not_shown(client: Browser) -> None:
    OwnSettings.objects.create(user=make_user(), digest_at=time(8, 30))
    client.force_login(make_user())

    assert client.get(OWN).context["form"]["how"].value() == "single"


def test_one_message_a_day_needs_a_time(client: Browser) -> None:
    client.force_login(make_user())

    assert "Type a time" in client.post(OWN, {"how": "digest", "digest_at": ""}).content.decode()
    assert not OwnSettings.objects.exists()


def test_the_account_page_leads_there(client: Browser) -> None:
    client.force_login(make_user())

    assert OWN in client.get("/account/settings/").content.decode()
