"""What a client says about their data: recorded, corrected, withdrawn."""

from copy import copy
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.actions.organisation import organisation
from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from .. import sharing
from ..audience import Audience
from ..changes import insert_once, locked, write
from ..models import Client, Consent, ToDo
from .facts import lock_in_order
from .referral_stops import stop_referrals_of

BY_CONSENT = {basis.value for basis in sharing.BY_CONSENT}
WITH_REASON = {basis.value for basis in sharing.OVERRIDING}
OURSELVES = {purpose.value for purpose in sharing.OURSELVES}


class ConsentFields(TypedDict, total=False):
    purpose: str
    said: str
    basis: str
    categories: list[str]
    recipient_id: UUID | None
    recipient_sort: str
    recipient_country: str
    recipient_name: str
    given_on: date
    valid_until: date | None
    given_by: str
    guardian: str
    how: str
    witness: str
    language: str
    form_version: str
    reason: str
    remark: str


class UnableToRecordConsent(Refusal):
    pass


class UnableToWithdrawConsent(Refusal):
    pass


@transaction.atomic
def record_consent(
    *,
    client: Client,
    by: User,
    now: datetime,
    today: date,
    consent_id: UUID | None = None,
    **fields: Unpack[ConsentFields],
) -> Consent:
    """Record what the client, or their guardian, answered. Sent twice with the same `consent_id`, it is recorded once.

    A yes over a standing no is refused: whoever has changed their mind first takes the no back.
    """
    consent = Consent(id=consent_id or new_id(), data_key=client.data_key, client=client, taken_by=by, recorded_at=now)
    for name, value in _tidied(dict(fields)).items():
        setattr(consent, name, value)
    lock_in_order([client])
    earlier: Any = Consent.objects
    if earlier.filter(pk=consent.pk).exists():
        return insert_once(consent, client_id=client.pk)[0]
    _refuse_disorder(consent, today)
    _refuse_over_a_no(consent, today)
    consent, is_new = insert_once(consent, client_id=client.pk)
    if is_new:
        _say("clients.consent_recorded", consent, by, now, said=consent.said)
        if consent.said == Consent.Said.NO:
            stop_referrals_of([client], by=by, now=now, today=today)
    return consent


@transaction.atomic
def change_consent(
    *, consent: Consent, version: int, by: User, now: datetime, today: date, **fields: Unpack[ConsentFields]
) -> Consent:
    """Correct what was written down wrongly. What was withdrawn stays as it is. Raises ChangedMeanwhile."""
    values = _tidied(dict(fields))
    lock_in_order([consent.client])
    consent = locked(consent, version=version, mine=values)
    if consent.is_withdrawn:
        raise UnableToRecordConsent(
            _("This was withdrawn and stays as it is. Record what they say now as a new answer.")
        )
    wanted = copy(consent)
    for name, value in values.items():
        setattr(wanted, name, value)
    _refuse_disorder(wanted, today)
    _refuse_over_a_no(wanted, today)
    if changed := write(consent, values):
        _say("clients.consent_changed", consent, by, now, fields=sorted(changed))
    return consent


@transaction.atomic
def withdraw_consent(
    *, consent: Consent, on: date, words: str, version: int, by: User, now: datetime, today: date
) -> Consent:
    """Note that the client takes back what they said, from that day on. It counts at once; nothing is deleted.

    Whoever looks after the case gets a to-do: what hangs on it has to be stopped. Raises ChangedMeanwhile.
    """
    values = {"withdrawn_on": on, "withdrawal_words": words.strip()}
    lock_in_order([consent.client])
    consent = locked(consent, version=version, mine=values)
    if consent.is_withdrawn:
        return consent
    if on > today:
        raise UnableToWithdrawConsent(_("This day has not come yet. A withdrawal counts at once."), field="on")
    if on < consent.given_on:
        raise UnableToWithdrawConsent(_("This is before the day on which they said it."), field="on")
    write(consent, values | {"withdrawn_at": now, "withdrawn_by": by})
    _say("clients.consent_withdrawn", consent, by, now, said=consent.said)
    if consent.said == Consent.Said.YES:
        _tell(consent, now)
        stop_referrals_of([consent.client], by=by, now=now, today=today, tell=False)
    return consent


def _tell(consent: Consent, now: datetime) -> None:
    case = consent.client.case
    have: Any = ToDo.objects
    told = set(have.filter(kind=ToDo.Kind.WITHDRAWAL, about=consent.pk).values_list("owner_id", flat=True))
    for owner_id in Audience([case], now).of(case):
        if owner_id not in told:
            to_do = ToDo(
                owner_id=owner_id,
                case=case,
                data_key=case.data_key,
                kind=ToDo.Kind.WITHDRAWAL,
                about=consent.pk,
                created_at=now,
            )
            to_do.save(force_insert=True)
            record(
                "clients.to_do_given",
                subject=to_do,
                case_id=case.pk,
                by=None,
                now=now,
                kind=to_do.kind,
                owner=str(owner_id),
            )


def _tidied(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values without what does not belong to the purpose: of ourselves nobody asks who else is told."""
    tidied = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    if "categories" in tidied:
        tidied["categories"] = [it.value for it in sharing.Category if it.value in set(tidied["categories"])]
    purpose = tidied.get("purpose")
    if purpose in OURSELVES:
        tidied |= {"recipient_id": None, "recipient_sort": "", "recipient_country": "", "recipient_name": ""}
    if purpose is not None and purpose != Consent.Purpose.PARTNER:
        tidied |= {"recipient_sort": ""}
    if tidied.get("said") == Consent.Said.NO:
        tidied |= {"basis": Consent.Basis.CONSENT, "valid_until": None}
    return tidied


def _refuse_disorder(consent: Consent, today: date) -> None:
    if not consent.categories:
        raise UnableToRecordConsent(_("Choose what it is about."), field="categories")
    if consent.given_on > today:
        raise UnableToRecordConsent(_("This day has not come yet."), field="given_on")
    if consent.valid_until is not None and consent.valid_until < consent.given_on:
        raise UnableToRecordConsent(_("This is before the day on which they said it."), field="valid_until")
    if consent.form_version and not consent.language:
        raise UnableToRecordConsent(_("Choose the language of the form that they signed."), field="language")
    if consent.purpose == Consent.Purpose.AUTHORITY and not consent.recipient_country:
        raise UnableToRecordConsent(_("Choose whose authority it is."), field="recipient_country")
    if consent.basis in WITH_REASON and not consent.reason:
        raise UnableToRecordConsent(_("Write down why: this basis holds only with a reason."), field="reason")
    if consent.basis in BY_CONSENT:
        _refuse_the_wrong_person(consent)


def _refuse_the_wrong_person(consent: Consent) -> None:
    """A child's yes needs a guardian; a no is written down whoever says it."""
    if consent.given_by == Consent.GivenBy.GUARDIAN and not consent.guardian:
        raise UnableToRecordConsent(_("Write down who the guardian is."), field="guardian")
    if consent.how == Consent.How.WITNESS and not consent.witness:
        raise UnableToRecordConsent(_("Write down who the witness was."), field="witness")
    if consent.said == Consent.Said.NO:
        return
    person = sharing.Person(birth=consent.client.birth, age_of_consent=organisation().age_of_consent)
    if consent.given_by == Consent.GivenBy.CLIENT and person.might_be_a_child(consent.given_on):
        raise UnableToRecordConsent(
            _("They were a child on that day: a guardian has to agree. Without one, record what they refused."),
            field="given_by",
        )
    if consent.given_by == Consent.GivenBy.GUARDIAN and not person.might_be_a_child(consent.given_on):
        raise UnableToRecordConsent(_("They were of age on that day and answer for themselves."), field="given_by")


def _refuse_over_a_no(consent: Consent, today: date) -> None:
    if consent.said == Consent.Said.NO or consent.basis in WITH_REASON:
        return
    others: Any = Consent.objects
    standing = others.filter(
        client=consent.client_id, purpose=consent.purpose, said=Consent.Said.NO, withdrawn_on__isnull=True
    ).exclude(pk=consent.pk)
    for no in standing:
        if set(no.categories) & set(consent.categories) and no.recipient.touches(consent.recipient):
            raise UnableToRecordConsent(
                _(
                    "They refused this, or part of it, and that still stands. If they have changed their mind, take the refusal back first."
                ),
                field="said",
            )


def _say(event: str, consent: Consent, by: User, now: datetime, **data: Any) -> None:
    client = consent.client
    record(
        event,
        subject=consent,
        case_id=client.case_id,
        by=by,
        now=now,
        client=str(client.pk),
        purpose=consent.purpose,
        **data,
    )
