"""Messages to one person: what they agreed to, why nothing goes, what went, and the letter to hand over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Client, Contact
from casework.lib.dates import today_in
from casework.reminders import actions
from casework.reminders.client_matters import CHANNEL_OF, agreements, hours_of, who_refused, why_not, zone_of
from casework.reminders.client_messages import language_of, wording_of
from casework.reminders.models import MessageAgreement, Reminder
from casework.reminders.wording import Wording, client_message
from casework.web.cases.acting import is_done
from casework.web.cases.header import case_header, in_words
from casework.web.cases.loading import changeable_client, visible_client
from casework.web.channels.letter import letter_pdf
from casework.web.decorators import requires
from casework.web.exports.files import handed_over
from casework.web.forms.pages import one_form_page
from casework.web.messages.views import WHY
from casework.web.request import UserRequest

from .forms import AgreementForm, lead_in_words

SHOWN = 50
WHY_NOT: dict[str, Promise] = {
    "stopped": gettext_lazy("It is stopped."),
    "refused": gettext_lazy("They refused to be supported, or took their consent back."),
    "closed": gettext_lazy("The case is closed."),
    "ended": gettext_lazy("This way to reach them is not used any more."),
    "unsafe": gettext_lazy("This way to reach them is not safe."),
    "unfit": gettext_lazy("Nothing can be written to them in this way."),
    "unverified": gettext_lazy("Nobody has checked the number or address."),
    "no_message": gettext_lazy("They want no message to be left there."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`may_print`: a letter that waits for somebody to print it and hand it over."""

    reminder: Reminder
    about: str
    why: str
    may_print: bool


@requires(Permission.CASE_VIEW)
@require_safe
def client_messages(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    agreement = agreements().filter(client=client).first()
    refused = who_refused([client], now)
    found = Reminder.objects.filter(client=client).order_by("-send_at", "-id")[:SHOWN]
    record("reminders.client_messages_seen", subject=client, case_id=client.case_id, by=request.user, now=now)
    context = {
        "header": case_header(client.case, now, here="case_safety"),
        "client": client,
        "agreement": agreement,
        "why_not": WHY_NOT[reason] if agreement and (reason := why_not(agreement, refused)) else "",
        "leads": [lead_in_words(each) for each in agreement.leads] if agreement else [],
        "reach": in_words(agreement.contact) if agreement else "",
        "example": _example(agreement, client) if agreement else None,
        "hours": hours_of(agreement.contact, client) if agreement else None,
        "rows": [_row(each) for each in found],
        "may_change": client.may_change,
    }
    return render(request, "client_messages/client_messages.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def agree_to_messages(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = changeable_client(by, reference, now)
    today = today_in(zone_of(client), now)
    agreement: Any = MessageAgreement.objects.select_related("client__case").filter(client=client).first()
    initial = AgreementForm.initial_of(agreement) if agreement else {"agreed_on": today}
    contacts = _ways_to_write(client)
    form = AgreementForm(request.POST or None, contacts=contacts, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.values()
        act: Callable[[], Any]
        if agreement is None or agreement.pk == form.cleaned_data["id"]:  # else it was sent before
            known = {"client": client, "agreement_id": form.cleaned_data["id"]}
            act = partial(actions.agree_to_messages, by=by, now=now, **known, **values)
        else:
            read = {"agreement": agreement, "version": form.version_read}
            act = partial(actions.change_agreement, by=by, now=now, **read, **values)
        if is_done(form, act):
            messages.success(request, _("It is recorded. They are written to from now on."))
            return redirect("client_messages", reference)
    text = (
        ""
        if contacts
        else _("There is no way that is safe to write to them. Record one first, and note when it was checked.")
    )
    return one_form_page(
        request,
        form,
        title=_("What they agreed to be written to about"),
        who=client.full_name,
        text=text,
        header=case_header(client.case, now, here="case_safety"),
        cancel_url=reverse("client_messages", args=[reference]),
    )


@requires(Permission.CASE_CHANGE)
@require_POST
def stop_client_messages(request: UserRequest, reference: str) -> HttpResponse:
    now, why = timezone.now(), request.POST.get("why", "")
    client = changeable_client(request.user, reference, now)
    if why not in (MessageAgreement.Why.ASKED, MessageAgreement.Why.WRONG_NUMBER):
        raise BadRequest("no button says this")
    agreement = get_object_or_404(MessageAgreement, client=client)
    actions.stop_messages(agreement=agreement, why=why, by=request.user, now=now)
    messages.success(request, _("It is stopped. Nothing goes to them any more, also nothing that was waiting."))
    return redirect("client_messages", reference)


@requires(Permission.CASE_VIEW)
@require_safe
def client_letter(request: UserRequest, reference: str, letter_id: UUID) -> HttpResponseBase:
    now = timezone.now()
    client = visible_client(request.user, reference, now)
    reminder = _letter(client, letter_id)
    agreement = get_object_or_404(agreements(), client=client)
    language = language_of(agreement.contact, client)
    made = record(
        "reminders.letter_made",
        subject=reminder,
        case_id=client.case_id,
        by=request.user,
        now=now,
        client=str(client.pk),
    )
    content = letter_pdf(wording_of(agreement, reminder), language=language, number=made.pk)
    return handed_over(content, name="letter", format="pdf", now=now)


@requires(Permission.CASE_CHANGE)
@require_POST
def letter_handed_over(request: UserRequest, reference: str, letter_id: UUID) -> HttpResponse:
    now = timezone.now()
    client = changeable_client(request.user, reference, now)
    actions.hand_over_letter(reminder=_letter(client, letter_id), by=request.user, now=now)
    messages.success(request, _("Noted: the letter is handed over."))
    return redirect("client_messages", reference)


def _letter(client: Client, letter_id: UUID) -> Reminder:
    return get_object_or_404(Reminder, pk=letter_id, client=client, channel=Reminder.Channel.LETTER)


def _ways_to_write(client: Client) -> Sequence[Contact]:
    """Return what can be chosen: in use, safe, of a channel that we write to, and checked by somebody."""
    contacts: Any = Contact.objects
    rows = contacts.filter(client=client, is_safe=True, channel__in=list(CHANNEL_OF)).in_use().safe_first()
    found = list(rows.select_related("data_key"))
    return [each for each in found if each.verified_on is not None or each.channel == Contact.Channel.IN_PERSON]


def _row(reminder: Reminder) -> Row:
    is_deadline = reminder.subject.startswith("client_deadline:")
    return Row(
        reminder=reminder,
        about=_("a deadline") if is_deadline else _("an appointment"),
        why=str(WHY.get(reminder.why, "")),
        may_print=reminder.channel == Reminder.Channel.LETTER and reminder.state == Reminder.State.NEEDS_PERSON,
    )


def _example(agreement: MessageAgreement, client: Client) -> Wording:
    """Return what a message says, with dots for the code word, which is shown only where somebody asks for it."""
    code = "•••" if agreement.with_code_word else ""
    return client_message(language=language_of(agreement.contact, client), code=code, passed_on=agreement.passed_on)
