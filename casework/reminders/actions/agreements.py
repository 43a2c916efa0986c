"""What can happen to messages to people: agreed to, agreed otherwise, stopped, handed over as a letter, answered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.audience import Audience
from casework.clients.changes import insert_once, locked, write
from casework.clients.lookup import answers_from
from casework.clients.models import Client, Contact
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..answers import Answer, read_answer
from ..channels import DeliveryError
from ..channels.gateway import receiver
from ..client_matters import CHANNEL_OF, agreements
from ..models import MessageAgreement, Reminder
from ..notices import queue_notices
from ..plan import settle

# How the notices begin that tell whoever looks after the case of an answer.
STOPPED, ANSWERED = "client_stopped:", "client_answered:"
TO_A_NUMBER = {Contact.Channel.SMS, Contact.Channel.WHATSAPP, Contact.Channel.SIGNAL}


class AgreementFields(TypedDict, total=False):
    contact: Contact
    about_deadlines: bool
    about_appointments: bool
    leads: list[int]
    says_when: bool
    with_code_word: bool
    passed_on: bool
    agreed_on: date
    agreed_how: str


class UnableToAgree(Refusal):
    pass


@transaction.atomic
def agree_to_messages(
    *, client: Client, by: User, now: datetime, agreement_id: UUID | None = None, **fields: Unpack[AgreementFields]
) -> MessageAgreement:
    """Record that a person wants to be written to, and how. Sent twice with the same id, it is recorded once."""
    agreement = MessageAgreement(id=agreement_id or new_id(), client=client, recorded_by=by, recorded_at=now, **fields)
    _refuse_unfit(agreement, now)
    earlier = MessageAgreement.objects.filter(client=client).exclude(pk=agreement.pk)
    if earlier.exists():
        raise UnableToAgree(_("What they agreed to is recorded already. Open it and change it."))
    agreement, is_new = insert_once(agreement, client_id=client.pk)
    if is_new:
        record(
            "reminders.messages_agreed",
            subject=agreement,
            case_id=client.case_id,
            by=by,
            now=now,
            client=str(client.pk),
        )
    return agreement


@transaction.atomic
def change_agreement(
    *, agreement: MessageAgreement, version: int, by: User, now: datetime, **fields: Unpack[AgreementFields]
) -> MessageAgreement:
    """Record that they want it otherwise, or again after a stop. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    agreement = locked(agreement, version=version, mine=values)
    wanted = MessageAgreement(id=agreement.pk, client=agreement.client, **values)
    _refuse_unfit(wanted, now)
    if agreement.stopped_at is not None:
        _refuse_to_go_on(agreement, wanted)
        values |= {"stopped_at": None, "stopped_why": ""}
    changed = write(agreement, values)
    if changed:
        names = sorted(set(changed) - {"stopped_at", "stopped_why"})
        told: dict[str, Any] = {"fields": names, "client": str(agreement.client_id)}
        record(
            "reminders.agreement_changed", subject=agreement, case_id=agreement.client.case_id, by=by, now=now, **told
        )
    return agreement


@transaction.atomic
def stop_messages(*, agreement: MessageAgreement, why: str, by: User | None, now: datetime) -> MessageAgreement:
    """Write to this person no more. What is queued is stopped with it; whoever looks after the case is told, unless they did it."""
    agreement = MessageAgreement.objects.select_for_update().get(pk=agreement.pk)
    if agreement.stopped_at is not None:
        return agreement
    write(agreement, {"stopped_at": now, "stopped_why": why})
    client = Client.objects.select_related("case").get(pk=agreement.client_id)
    told: dict[str, Any] = {"why": why, "client": str(client.pk)}
    record("reminders.messages_stopped", subject=agreement, case_id=client.case_id, by=by, now=now, **told)
    waiting = Reminder.objects.filter(client=client, state=Reminder.State.WAITING).select_related("case")
    for reminder in waiting.select_for_update(of=("self",)):
        settle(reminder, Reminder.State.STOPPED, now=now, why="stopped")
    others = set(Audience([client.case], now).of(client.case)) - {by.pk if by else None}
    if by is None:
        queue_notices(f"{STOPPED}{agreement.pk}:{now:%Y%m%d%H%M}", others, case=client.case, now=now)
    return agreement


@transaction.atomic
def hand_over_letter(*, reminder: Reminder, by: User, now: datetime) -> Reminder:
    """Note that a letter was printed and handed over. Twice is once."""
    reminder = Reminder.objects.select_for_update().get(pk=reminder.pk)
    if reminder.state != Reminder.State.NEEDS_PERSON or reminder.channel != Reminder.Channel.LETTER:
        return reminder
    reminder.state, reminder.why, reminder.settled_at = Reminder.State.SENT, "", now
    reminder.save(update_fields=["state", "why", "settled_at"])
    told: dict[str, Any] = {"client": str(reminder.client_id), "channel": reminder.channel}
    record("reminders.letter_handed_over", subject=reminder, case_id=reminder.case_id, by=by, now=now, **told)
    return reminder


@transaction.atomic
def take_answer(*, sender: str, text: str, now: datetime) -> int:
    """Act on what came back from a number: STOP and "wrong number" end all messages to it. Return how many people it concerns.

    What was written is not kept. Any other answer is told to whoever looks after the case, once a day.
    """
    said = read_answer(text)
    numbers: Any = Contact.objects.filter(answers_from(sender), ended_at__isnull=True)
    found: Sequence[MessageAgreement] = list(agreements().filter(contact__in=numbers.values("pk")))
    for agreement in found:
        if said is Answer.OTHER:
            case = agreement.client.case
            subject = f"{ANSWERED}{agreement.pk}"
            queue_notices(subject, Audience([case], now).of(case), case=case, now=now)
        else:
            why = MessageAgreement.Why.ANSWERED if said is Answer.STOP else MessageAgreement.Why.WRONG_NUMBER
            stop_messages(agreement=agreement, why=why, by=None, now=now)
    return len(found)


def _refuse_unfit(agreement: MessageAgreement, now: datetime) -> None:
    contact = agreement.contact
    if contact.client_id != agreement.client_id or contact.ended_at is not None or contact.channel not in CHANNEL_OF:
        raise UnableToAgree(_("Nothing can be written to them in this way."), field="contact")
    if not contact.is_safe:
        raise UnableToAgree(_("This way is not safe."), field="contact")
    if contact.verified_on is None and contact.channel != Contact.Channel.IN_PERSON:
        raise UnableToAgree(
            _(
                "Nobody has checked this number or address yet. Call or write first, and note the day on which it was checked."
            ),
            field="contact",
        )
    if agreement.with_code_word and not contact.code_word:
        raise UnableToAgree(_("No code word is agreed for this way."), field="with_code_word")
    if agreement.passed_on and not agreement.with_code_word:
        raise UnableToAgree(
            _("Whoever passes it on must know for whom it is: it begins with the code word then."),
            field="with_code_word",
        )
    if not agreement.about_deadlines and not agreement.about_appointments:
        raise UnableToAgree(_("Choose what they want to be reminded of."), field="about_deadlines")
    if contact.channel == Contact.Channel.TELEGRAM:
        try:
            receiver("telegram", str(contact.value))
        except DeliveryError:
            raise UnableToAgree(
                _("Telegram needs the number of the chat, not a name. Record it as their contact first."),
                field="contact",
            ) from None


def _refuse_to_go_on(agreement: MessageAgreement, wanted: MessageAgreement) -> None:
    """After a stop they have to agree again; after a wrong number somebody has to check the number again."""
    stopped_on = agreement.stopped_at.date() if agreement.stopped_at else wanted.agreed_on
    if wanted.agreed_on < stopped_on:
        raise UnableToAgree(
            _("They stopped it after that day. Enter the day on which they agreed again."), field="agreed_on"
        )
    is_checked = wanted.contact.verified_on is not None and wanted.contact.verified_on >= stopped_on
    same = wanted.contact.pk == agreement.contact_id
    if agreement.stopped_why == MessageAgreement.Why.WRONG_NUMBER and same and not is_checked:
        raise UnableToAgree(
            _("This number was somebody else's. Check it again and note the day, or choose another way."),
            field="contact",
        )
