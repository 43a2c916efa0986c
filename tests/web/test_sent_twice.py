"""A form that makes something makes it once, however often it is sent, and leads to the same place each time.

`CREATING` is complete: an address that takes what is sent and is neither in it nor known to make nothing fails the guard below.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from casework.accounts.access import people_with
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission, Role
from casework.clients.actions import write_to_do
from tests.factories.accounts import make_membership, make_user
from tests.factories.clients import make_client
from tests.factories.housing import make_bed, make_site
from tests.factories.referrals import make_sent_referral
from tests.guards.urls import addresses
from tests.pages import Fields, forms_in
from tests.web.everything import Everything
from tests.web.facts.test_facts import FACTS, day, exactly

pytestmark = pytest.mark.django_db

Typed = dict[str, Any]
ALL_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NO_RECORDS = {"audit.Event", "accounts.Draft", "sessions.Session"}


def _on(name: str, on: date = date(2026, 11, 20)) -> Typed:
    return day(name, on)


# What somebody types beside what the form offers; what depends on the case is filled in by `typed_for`.
CREATING: dict[str, Typed] = {
    "log_case": {
        "given_name": "Дважды",
        "birth_year": "1990",
        "birth_day": "",
        "nationalities": "RU",
        **exactly("entered", date(2026, 11, 1)),
    },
    "add_client": {"given_name": "Второй", "birth_unknown": "on", "nationalities": "RU", "relation": "sibling"},
    "write_note": {"text": "Один раз"},
    "note_quickly": {"what": "call.reached"},
    "record_absence": {},
    "follow_referral_up": {},
    "follow_to_do_up": {},
    "record_contact": {"value": "+996 555 010203"},
    "record_address": {"city": "Придуманск"},
    "write_to_do": {"text": "Один раз"},
    "write_to_do_of_case": {"text": "Один раз"},
    "record_assessment": {"note": "Спросили"},
    "record_need": {"code": "food"},
    "ask_for_service": {"kind": "legal"},
    "quick_service": {"kind": "legal"},
    "draft_referral": {"reason": "Нужен юрист", "service": "legal"},
    "record_incoming": {"sender": "Придуманный фонд", "given_name": "Присланный"},
    "plan_appointment": {"wall_time": "10:00", **_on("day", date(2027, 1, 15))},
    "move_appointment": {"wall_time": "11:00", **_on("day", date(2027, 1, 16))},
    "offer_case": {"note": "Прошу принять"},
    "ask_to_erase": {"whom": "case", "reason": "wish"},
    "order_hold": {"reason": "Придуманный суд"},
    "record_never_contact": {"kind": "number", "value": "+7 999 000 00 00"},
    "record_consent": {"said": "yes", "categories": ["identity"]},
    "record_complaint": {"happened": "Никто не перезвонил", "subject": "service"},
    "note_on_complaint": {"text": "Позвонили"},
    "hand_over_original": {"holder": "safe"},
    "relate": {"kind": "carer"},
    "confirm_relations": {},
    "split_case": {"confirmed": "yes"},
    "record_partner": {"name": "Придуманный приют", "kind": "organisation", "country": "KZ"},
    "record_offer": {"kind": "legal"},
    "give_access": {"reason": "Придуманный отпуск до понедельника"},
    "give_team_access": {"reason": "Придуманный отпуск до понедельника"},
    "more_cases": {"reason": "Звоню всем подряд: придуманное наводнение"},
    "open_site": {
        "code": "ONCE-1",
        "name": "Придуманный приют",
        "kind": "ngo_shelter",
        "city": "Придуманск",
        **_on("opened_on"),
    },
    "add_unit": {"label": "Комната 1", "capacity": "2", "beds": "2", "bed_kind": "bunk"},
    "add_beds": {"number": "2"},
    "block_bed": {"reason": "repair"},
    "record_host_offer": {"contact_name": "Хозяйка Придуманная", "beds": "2", "city": "Придуманск", **_on("since")},
    "write_safety_note": {"text": "Сосед спрашивает"},
    "record_lease": {"rent": "40 000", "currency": "KGS", "per": "month", **_on("since")},
    "ask_for_bed": {},
    "record_turn_away": {"people": "3", "reason": "full"},
    "create_scheme": {"name": "Придуманная схема"},
    "create_programme": {
        "name": "Придуманная программа",
        "code": "ONCE-1",
        "donor": "Придуманный фонд",
        "currency": "KZT",
    },
    "add_document_type": {"country": "KZ", "kind": "residence_card", "name": "Придуманная карта"},
    **{f"add_{each.noun}": each.typed for each in FACTS},
    "add_stay": exactly("entered", date(2025, 1, 1)) | exactly("left", date(2025, 2, 1)),
}
# By what their names begin with: these change one thing that is there, or end it.
CHANGE_WHAT_IS_THERE = (
    "accept_", "allow_", "answer_", "approve_", "archive_", "book_held", "check_in", "check_out", "ask_for_review", "ask_off_", "assign_", "attach_",
    "cancel_", "case_programmes", "change_", "choose_", "close_", "code_word", "correct_", "decline_", "deliver_",
    "disable_", "discard_", "enable_", "end_", "finish_", "forget_", "join_", "keep_", "lift_", "mark_", "move_complaint",
    "move_scan_page", "name_people", "note_housing_contact", "note_sight_notice", "organisation", "pair", "pin_", "plan_appointment_again", "reconsider_", "record_return",
    "refuse_", "remove_", "reopen_", "restore_", "restrict_", "retire_", "return_", "score_anew", "step_", "stop_", "strike_", "tag_",
    "take_", "turn_scan_page", "unarchive_", "undo_", "verify_", "withdraw_",
)  # fmt: skip
OTHERWISE = {
    "imports": "the token of its form is the import: tests/web/imports",
    "import_columns": "changes what is there",
    "record_import": "a row is recorded once, however often that is asked for: tests/lifecycle/importing",
    "leave_out_rows": "changes what is there",
    "mend_import": "changes rows that are there; a second time they are to be corrected no more",
    "decide_import_row": "changes what is there",
    "agree_to_messages": "the id of the form is the agreement: tests/web/client_messages",
    "answers": "a machine brings them, and a second STOP stops nothing more",
    "call_messages_off": "stops what waits, and what is stopped waits no more",
    "send_messages_again": "what waits already is not sent again: tests/reminders/test_outbox.py",
    "tell_messages_otherwise": "settles what is open, and the second finds nothing",
    "letter_handed_over": "changes what is there",
    "make_api_token": "shown once: sent again, it says so (tests/web/api_tokens)",
    "make_calendar_feed": "one address a reader: the one before opens nothing any more",
    "hand_over": "the id of the form is the hand-over: tests/web/leaving",
    "merge_pair": "the id of the form is the merge: tests/web/merging",
    "message_channels": "sends a test message, and keeps none",
    "revoke_api_token": "ends what is there",
    "revoke_calendar_feed": "ends what is there",
    "account_settings": "changes the reader's own account",
    "add_scan": "the digest of a file tells that it is there: tests/web/documents",
    "add_criterion": "its code comes of the id of the form: tests/web/scoring",
    "create_team": "a team has a name of its own, and the second is refused",
    "draft_scheme": "a scheme has one draft at most",
    "emergency": "whoever sees the case by now is led to it, and nothing more is given",
    "export_case": "a file to take along, and no record",
    "export_list": "a file to take along, and no record",
    "give_notice": "changes what is there, by its version",
    "grant_role": "a role is held once, and the second is refused",
    "invite": "an address is invited once, and the second is refused",
    "leave": "ends the session, and writes no record",
    "look_alikes": "looks, and writes nothing",
    "own_reminders": "changes the reader's own settings",
    "pair": "changes a decision",
    "repeat_job": "what waits already is not begun again: tests/web/jobs",
    "reminder_policy": "changes what is there, by its version",
    "make_donor_report": "a period has one report, to which the second is led: tests/web/reports/test_donor",
    "plan_visit": "changes what is there, by its version",
    "record_visit": "changes what is there, by its version",
    "place_people": "the id of the form is the act: tests/web/housing/test_finding",
    "publish_scheme": "changes what is there",
    "renew_invitation": "sends the one that is there anew",
    "report_file": "a file to take along, and no record",
    "reset_second_factor": "takes away what is there, and the older link stops working",
    "rule_example": "changes a draft by what was seen of it",
    "own_copy": "hands over, and writes nothing but the audit",
    "portable_file": "hands over, and writes nothing but the audit",
    "take_in_file": "one case for the id of its form: tests/web/own_copy",
    "confirm_erasure": "what is gone does not go again: tests/web/erasure",
    "kept_too_long": "a case is asked for once: tests/web/erasure",
    "save_draft": "one draft a form and reader",
    "save_trip": "its form carries the id of the stay: tests/web/position",
    "rename_filter": "changes what is there",
    "resume_address": "changes what is there, by its version",
    "resume_contact": "changes what is there, by its version",
    "resume_need": "changes what is there, by its version",
    "save_filter": "the id of the form is the filter: tests/web/lists",
    "search": "looks, and writes nothing",
    "take_back_several": "changes cases by their version, and removes a to-do: tests/web/cases/test_several",
    "several_cases": "changes cases by their version, and a to-do by the id of the form: tests/web/cases/test_several",
    "shortcuts": "changes the reader's own settings",
    "case_columns": "changes the reader's own settings",
    "scheme_version": "changes what is there, by its version",
    "say_on_it": "one word stands about a deadline: tests/web/reminders",
    "snooze_reminders": "said once by the id of its form, or in place of what was said: tests/web/reminders",
    "set_language": "a choice of the reader",
    "hide_first_hour": "a choice of the reader",
    "sign_out_everywhere": "ends what is there",
    "show_document_number": "shows, and writes nothing but the audit",
    "start_impact": "a computation, and no record",
    "state_days": "a day is stated once for a place, and the second is refused",
    "styleguide": "shows what there is",
    "styleguide_forms": "shows what there is",
    "styleguide_confirm": "shows what there is",
    "swap_days": "a day is stated once for a place, and the second is refused",
    "try_scheme": "computes, and writes nothing of anybody",
    "try_trips": "computes, and writes nothing",
}


def test_every_form_that_makes_something_is_sent_twice_here() -> None:
    taking = {it.name for it in addresses() if it.policy is not None and not it.is_admin and takes_a_form(it.view)}
    unknown = {name for name in taking if name not in CREATING and name not in OTHERWISE}

    assert len(taking) > 100
    assert {name for name in unknown if not name.startswith(CHANGE_WHAT_IS_THERE)} == set()
    assert CREATING.keys() - taking == set()


@pytest.mark.parametrize("name", CREATING)
def test_sent_twice_it_makes_one_and_leads_to_the_same_place(name: str) -> None:
    world = Everything()
    for role in (Role.ADMINISTRATOR, Role.CASEWORKER):
        make_membership(world.worker, role, team=world.team if role == Role.CASEWORKER else None)
    page, url = where(name, world)
    fields = filled_in(world.browser, page, url, world, name)
    before = how_many()

    first = world.browser.post(url, fields)
    made = how_many()
    again = world.browser.post(url, fields)

    assert first.status_code == 302, first.context and [form_errors(it) for it in first.context]
    assert made != before
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert how_many() == made


def takes_a_form(view: Any) -> bool:
    """Whether a view takes POST, by the list of methods that its decorator keeps."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            kept = cell.cell_contents
            if isinstance(kept, list | tuple) and kept and all(it in ALL_METHODS for it in kept):
                return "POST" in kept
        view = getattr(view, "__wrapped__", None)
    return False


def where(name: str, world: Everything) -> tuple[str, str]:
    """Return the page on which the form stands, and where it is sent."""
    code, reference = world.case.code, world.client.reference
    about: dict[str, Any] = {
        "hand_over_original": world.about["change_document"].pk,
        "move_appointment": world.about["change_appointment"].pk,
        "note_on_complaint": world.about["note_on_complaint"].pk,
        "record_offer": world.partner.pk,
    }
    if name == "follow_referral_up":
        about[name] = make_sent_referral(world.client, by=world.worker).pk
    if name == "follow_to_do_up":
        about[name] = write_to_do(text="Придумано", owner=world.worker, by=world.worker, now=timezone.now()).pk
    if name in ("add_unit", "add_beds", "block_bed", "record_lease", "write_safety_note"):
        bed = make_bed(site=make_site(team=world.team))
        about |= {"add_unit": bed.unit.site_id, "add_beds": bed.unit_id, "block_bed": bed.pk}
        about |= dict.fromkeys(("record_lease", "write_safety_note"), bed.unit.site_id)
    new = (
        "log_case",
        "write_to_do",
        "record_incoming",
        "record_complaint",
        "record_partner",
        "create_programme",
        "create_scheme",
        "open_site",
        "record_host_offer",
        "record_turn_away",
        "give_team_access",
        "more_cases",
        "record_absence",
    )
    of_client = ("record_contact", "record_address", "record_assessment", "record_need", "record_consent")
    facts = tuple(f"add_{each.noun}" for each in FACTS)
    if name in about:
        args = [about[name]]
    elif name in (*new, "add_document_type"):
        args = []
    else:
        args = [reference if name in (*of_client, *facts) else code]
    url = reverse(name, args=args)
    pages = {"quick_service": "case_needs", "note_quickly": "case_log", "confirm_relations": "family"}
    return (reverse(pages[name], args=[code]) if name in pages else url), url


def filled_in(browser: Browser, page: str, url: str, world: Everything, name: str) -> Fields:
    """Return what the form on a page sends once somebody has typed into it."""
    if name in ("relate", "confirm_relations", "split_case"):
        make_client(case=world.case, by=world.worker, relation="spouse", given_name="Супруг")
    html = browser.get(page).content.decode()
    token = "submit_token" if name == "log_case" else "batch" if name == "confirm_relations" else "id"
    here = [fields for it, fields in forms_in(html) if token in fields and it.get("action") in (None, "", url)]
    typed = CREATING[name] | typed_for(name, world)
    return here[0] | {key: value if isinstance(value, list) else [value] for key, value in typed.items()}


def typed_for(name: str, world: Everything) -> Typed:
    if name in ("give_access", "give_team_access"):
        until = day("until", timezone.localdate() + timedelta(days=5))
        return until | {"user": str(elsewhere(world).pk), "team": world.team.code}
    if name == "record_absence":
        return day("until", timezone.localdate() + timedelta(days=5))
    other = world.case.clients.exclude(pk=world.client.pk).first()
    if name == "offer_case":
        return {"to": f"{world.team.pk}:{make_user(team=world.team).pk}"}
    if name == "draft_referral":
        return {"partner": str(world.partner.pk)}
    if name == "relate" and other:
        return {"one": str(other.pk), "other": str(world.client.pk)}
    if name == "split_case" and other:
        return {"leaving": str(other.pk), "principal": str(other.pk)}
    return {}


def elsewhere(world: Everything) -> User:
    """Return somebody who works with cases, but not in this team."""
    found = people_with(Permission.CASE_VIEW, Team.objects.exclude(pk=world.team.pk), timezone.now())
    return found.exclude(memberships__team=world.team).order_by("pk")[0]


def how_many() -> dict[str, int]:
    """Return how many rows of everything there are, but for what is written of every request."""
    models = (it for it in apps.get_models() if it._meta.label not in NO_RECORDS and it._meta.managed)
    return {it._meta.label: it._default_manager.count() for it in models if not it._meta.label.startswith("pghistory")}


def form_errors(context: Any) -> Any:
    form = context.get("form")
    return getattr(form, "errors", None)
