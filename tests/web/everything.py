"""One case with a row of everything that a form can be about, seen by a coordinator of its team."""

from datetime import date, time
from typing import Any

from casework.clients import actions
from casework.clients.actions import needs
from casework.clients.models import Partner
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_address, make_client, make_contact, make_note
from tests.factories.documents import make_document
from tests.factories.housing import make_request
from tests.factories.needs import make_need, make_service
from tests.factories.referrals import make_complaint, make_coordinator, make_incoming, make_partner, make_referral
from tests.factories.residency import make_application, make_permit, make_registration, make_stay
from tests.factories.safety import make_consent
from tests.web.cases.pages import signed_in


class Everything:
    """`about[form]` is the row that a form which keeps drafts is about; None for something new."""

    def __init__(self) -> None:
        self.worker = make_coordinator(team_of(make_user()))
        self.team = team_of(self.worker)
        self.client = make_client(team=self.team, by=self.worker)
        self.case = self.client.case
        self.browser = signed_in(self.worker)
        self.partner: Partner = make_partner()
        client, by = self.client, self.worker
        rows: dict[str, Any] = {
            "change_contact": make_contact(client, by=by),
            "change_address": make_address(client, by=by),
            "change_need": make_need(client, by=by),
            "change_assessment": needs.record_assessment(client=client, assessed_on=date(2026, 11, 20), by=by, now=NOW),
            "change_service": make_service(self.case, by=by),
            "change_referral": make_referral(client, partner=self.partner, by=by),
            "change_consent": make_consent(client, by=by),
            "change_appointment": self._appointment(),
            "correct_note": make_note(self.case, by=by),
            "change_stay": make_stay(client, by=by),
            "change_document": make_document(client, by=by),
            "change_permit": make_permit(client, by=by),
            "change_registration": make_registration(client, by=by),
            "change_application": make_application(client, by=by),
            # Of another case: this one does not wait yet.
            "change_housing_request": make_request([make_client(team=self.team, by=by)], by=by),
            "log_referred_case": make_incoming(team=self.team, by=by),
        }
        complaint = make_complaint(team=self.team)
        rows |= dict.fromkeys(("move_complaint", "note_on_complaint"), complaint)
        rows |= dict.fromkeys(("log_case", "record_incoming", "record_complaint", "write_to_do"))
        of_case = ("write_note", "add_client", "write_to_do_of_case", "ask_for_service", "draft_referral")
        rows |= dict.fromkeys(
            (*of_case, "plan_appointment", "offer_case", "record_never_contact", "ask_for_bed"), self.case
        )
        of_client = ("change_client", "record_contact", "record_address", "record_consent", "record_assessment")
        facts = ("add_stay", "add_document", "add_permit", "add_registration", "add_application")
        rows |= dict.fromkeys((*of_client, "record_need", *facts), client)
        self.about = rows

    def _appointment(self) -> Any:
        when: dict[str, Any] = {"day": date(2026, 12, 5), "wall_time": time(10), "zone": "Asia/Almaty"}
        return actions.plan_appointment(
            case=self.case, people=[self.client], with_kind="lawyer", by=self.worker, now=NOW, **when
        )
