"""A whole case file: a case with a row of every kind, by the names that addresses give to their parts."""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from casework.accounts.models import Team, User
from casework.clients import actions
from casework.clients.actions import needs
from casework.clients.models import Case, Client, Erasure
from casework.documents import actions as documents
from casework.lib.dates import Birth

from .accounts import NOW, make_user
from .clients import make_address, make_case, make_client, make_contact, make_note, make_relation, make_transfer
from .documents import make_document
from .housing import book, make_bed, make_offer, make_request, make_site
from .messages import make_letter
from .needs import make_draft_version, make_need, make_service, publish
from .referrals import make_incoming, make_sent_referral
from .residency import (
    make_application,
    make_deadline,
    make_permit,
    make_registration,
    make_stay,
)
from .safety import make_consent, make_never_contact
from .scans import make_scan

TODAY = NOW.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """`rows`: what stands for the parts of an address, named by what comes before them: `stays/ fact_id`, or `note_id`.

    `secrets`: what nobody reads anywhere who may not see the case.
    """

    case: Case
    client: Client
    worker: User
    rows: dict[str, Any]
    secrets: tuple[str, ...]

    def stands_for(self, part: str, before: str) -> Any:
        """Return what stands for `part` where `before` comes before it in an address; None: it is not of this case."""
        return self.rows.get(f"{before} {part}", self.rows.get(part))

    def only(self, part: str) -> "File":
        """Return this file with one row."""
        return replace(self, rows={part: self.rows[part]})


def make_file(*, team: Team, worker: User, name: str) -> File:
    """A case of `worker` in `team`, whose people are called `name`, live by it and are written about by it."""
    case = make_case(team=team, caseworker=worker, by=worker)
    person = make_client(case=case, by=worker, family_name=f"{name}ова", given_name=f"{name}а")
    child = make_client(
        case=case,
        by=worker,
        family_name=f"{name}ова",
        given_name=f"Малая{name}а",
        birth=Birth(date(2018, 4, 2)),
        relation="child",
    )
    rows: dict[str, Any] = {
        "cases/ code": case.code,
        "clients/ reference": person.reference,
        "drafts/save/ form": "write_note",
        "drafts/discard/ form": "write_note",
        "ref": case.code,
    }
    rows["cases/<code:code>/score/ version_id"] = publish(make_draft_version()).pk
    for part, row in {**_facts(person, worker, name), **_work(person, child, worker, name)}.items():
        rows[part] = row if isinstance(row, str) else row.pk
    secrets = (case.code, person.reference, child.reference, name)
    return File(case=case, client=person, worker=worker, rows=rows, secrets=secrets)


def _facts(person: Client, worker: User, name: str) -> dict[str, Any]:
    """What is known of somebody: papers, stays, where they live."""
    document = make_document(person, by=worker, number=f"{name}75")
    scan = make_scan(person, by=worker, pages=2)
    original = documents.hand_over_original(
        document=make_document(person, by=worker, number=f"{name}76"),
        by=worker,
        now=NOW,
        today=TODAY,
        holder="safe",
        place=f"Сейф, {name}",
        since=TODAY,
    )
    return {
        "contact_id": make_contact(person, by=worker, code_word=f"{name}слово"),
        "address_id": make_address(person, by=worker, line=f"ул. {name}, 1"),
        "stays/ fact_id": make_stay(person, by=worker, remark=f"{name} приехала"),
        "documents/ fact_id": document,
        "document_id": document,
        "permits/ fact_id": make_permit(person, by=worker),
        "registrations/ fact_id": make_registration(person, by=worker),
        "applications/ fact_id": make_application(person, by=worker),
        "custody_id": original,
        "scan_id": scan,
        "page_id": scan.pages.order_by("number")[0],
        "letter_id": (letter := make_letter(person, by=worker)),
        "message_id": letter,
        "placement_id": book({person: make_bed(site=make_site(team=person.case.team))}, by=worker)[0],
        "deadline_id": make_deadline(person),
        "deadlines/<uuid:deadline_id>/ answer": "done",
    }


def _work(person: Client, child: Client, worker: User, name: str) -> dict[str, Any]:
    """What is done for somebody: notes, to-dos, needs, referrals."""
    case = person.case
    waits = make_request([child], by=worker, note=f"{name} ждёт")
    incoming = make_incoming(team=case.team, by=worker, family_name=f"{name}ова", asked=f"{name} просит")
    return {
        "request_id": waits,
        "offer_id": make_offer(waits, {child: make_bed(site=make_site(team=case.team))}, by=worker),
        "note_id": make_note(case, by=worker, text=f"{name} записана"),
        "referrals/ referral_id": make_sent_referral(person, by=worker, reason=f"{name} просит"),
        "referrals/<uuid:referral_id>/ step": "withdraw",
        "referrals/in/ referral_id": actions.accept_incoming(referral=incoming, case=case, by=worker, now=NOW),
        "relation_id": make_relation(person, "parent", child, by=worker),
        "to_do_id": actions.write_to_do(text=f"{name} ждёт", owner=worker, by=worker, now=NOW, case=case),
        "transfer_id": make_transfer(case, make_user(team=case.team), by=worker, note=f"{name} ждёт"),
        "assessment_id": needs.record_assessment(
            client=person, assessed_on=TODAY, by=worker, now=NOW, note=f"{name} устала"
        ),
        "need_id": make_need(person, by=worker, note=f"{name} одна"),
        "service_id": make_service(case, by=worker, note=f"{name} судится"),
        "consent_id": make_consent(person, by=worker),
        "erasure_id": Erasure.objects.create(case_id=case.pk, reason="wish", asked_by=worker, asked_at=NOW),
        "entry_id": make_never_contact(case, by=worker),
        "appointment_id": actions.plan_appointment(
            case=case,
            people=[person],
            by=worker,
            now=NOW,
            day=date(2026, 12, 20),
            wall_time=time(10),
            zone="Asia/Bishkek",
            with_kind="ours",
            place=f"Там, где {name}",
            staff=worker,
        ),
        "appointments/<uuid:appointment_id>/ how": "kept",
    }
