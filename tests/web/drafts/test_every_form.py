"""Every form that keeps drafts does: what was typed is offered on return, shown if asked for, and forgotten once sent."""

import contextlib
from typing import Any

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from casework.accounts.access import permissions_of
from casework.accounts.models import Draft, User
from casework.accounts.roles import Role
from casework.clients.models import ComplaintPerson, Service
from casework.clients.models.service import RESTRICTED_KINDS
from casework.web.drafts.kinds import KINDS, NEW, subject_of
from casework.web.forms.dates import DayWidget
from tests.factories.accounts import make_user
from tests.factories.referrals import make_coordinator
from tests.pages import Fields, form_in
from tests.web.cases.pages import signed_in
from tests.web.everything import Everything

pytestmark = pytest.mark.django_db

# What somebody types where the form has no field of free text.
OTHERWISE = {"add_registration": ("registered_on_day", "5"), "change_registration": ("registered_on_day", "5")}


@pytest.fixture
def all_there() -> Everything:
    return Everything()


def ref_of(kind: str, about: Any) -> str:
    return NEW if about is None else str(getattr(about, KINDS[kind].ref))


def typed_into(form: Any) -> str:
    """Return the name of the first box of this form into which somebody types."""
    for bound in form:
        widget = getattr(bound.field.widget, "input_type", "") or type(bound.field.widget).__name__
        if not bound.is_hidden and widget in ("text", "Textarea"):
            return str(bound.html_name)
        if isinstance(bound.field.widget, DayWidget):
            return f"{bound.html_name}_day"
    raise AssertionError("nothing can be typed into this form")


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_typed_is_kept_and_restored(all_there: Everything, kind: str) -> None:
    about = all_there.about[kind]
    ref, browser = ref_of(kind, about), all_there.browser
    url = KINDS[kind].address(ref)
    page = browser.get(url)
    save_url = reverse("save_draft", args=[kind, ref])
    assert f'data-draft-url="{save_url}"' in page.content.decode()
    name = typed_into(page.context["form"])
    typed: Fields = form_in(page.content.decode(), "draft_page") | {name: ["21"]}

    assert browser.post(save_url, typed).status_code == 302

    draft = Draft.objects.get()
    assert draft.data_key_id == (about or all_there.worker).data_key_id
    offered = browser.get(url).context["draft"]
    resumed = browser.get(offered.resume_url).content.decode()
    assert form_in(resumed, "draft_page")[name] == ["21"]
    listed = browser.get(reverse("drafts")).content.decode()
    assert f'href="{url.replace("&", "&amp;")}"' in listed


def test_whoever_may_not_change_a_case_keeps_drafts_of_complaints_alone(all_there: Everything) -> None:
    reader = signed_in(make_user(Role.REPORT_READER))
    typed = {"draft_page": "5d3f9f0a-96d3-4f0c-8f3f-0d6a2b3c4d5e", "draft_sequence": "1", "happened": "x", "text": "x"}

    answers = {
        kind: reader.post(
            reverse("save_draft", args=[kind, ref_of(kind, about)]), typed, headers={"X-Draft": "1"}
        ).status_code
        for kind, about in all_there.about.items()
    }

    assert {kind for kind, status in answers.items() if status != 404} == {"record_complaint"}


def fillable(user: User, all_there: Everything) -> set[str]:
    """Return the forms about something of a case, or about a complaint, that keep what this user types."""
    now = timezone.now()
    held, found = permissions_of(user, now), set()
    for kind, about in all_there.about.items():
        with contextlib.suppress(Http404):
            subject_of(kind, ref_of(kind, about), user, now, held)
            found |= {kind} if about is not None else set()
    return found


def test_who_may_not_fill_in_a_form_keeps_no_draft_of_it(all_there: Everything) -> None:
    Service.objects.update(kind=next(iter(RESTRICTED_KINDS)))
    complaint = all_there.about["move_complaint"]
    colleague, accused = make_user(team=all_there.team), make_coordinator(all_there.team)
    ComplaintPerson.objects.create(complaint=complaint, user=accused)
    of_complaints = {"move_complaint", "note_on_complaint"}
    of_needs = {"record_assessment", "record_need", "change_assessment", "change_need", "change_service"}

    everything = fillable(all_there.worker, all_there)

    assert fillable(make_user(), all_there) == set()
    assert fillable(colleague, all_there) == everything - of_complaints - of_needs
    assert fillable(accused, all_there) == everything - of_complaints


def test_a_form_that_was_sent_leaves_no_draft(all_there: Everything) -> None:
    url = reverse("record_address", args=[all_there.client.reference])
    typed = form_in(all_there.browser.get(url).content.decode(), "draft_page") | {"city": ["Придуманск"]}
    all_there.browser.post(reverse("save_draft", args=["record_address", all_there.client.reference]), typed)

    assert all_there.browser.post(url, typed).status_code == 302

    assert Draft.objects.get().content is None


def test_the_log_of_a_case_offers_the_draft_of_its_note(all_there: Everything) -> None:
    url = reverse("case_log", args=[all_there.case.code])
    typed = form_in(all_there.browser.get(url).content.decode(), "draft_page") | {"text": ["Недописано"]}
    all_there.browser.post(reverse("save_draft", args=["write_note", all_there.case.code]), typed)

    page = all_there.browser.get(url).content.decode()

    assert "You have a draft of" in page
    assert "Недописано" not in page
