"""The people of a case: one page each, added and changed."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions
from casework.residency.facts import load_facts
from casework.residency.rulebook import load_book
from casework.web.decorators import requires
from casework.web.drafts.of_form import FormDraft
from casework.web.duplicates.rows import compare_after_saving, open_pairs_of
from casework.web.machine_lines import PERSON, read_lines, sent_data
from casework.web.needs.loading import may_read_needs
from casework.web.onward.overdue import pressing, to_leave
from casework.web.onward.recorded import recorded_where_they_are
from casework.web.request import UserRequest

from ..acting import back_to, form_page, is_done
from ..forms.people import ClientForm
from ..header import case_header
from ..loading import changeable_case, changeable_client, reference_now, visible_client
from ..people import details_of, person_row, today_of_case
from .case import addresses_of, contacts_of

METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.CASE_VIEW)
@require_safe
def client(request: UserRequest, reference: str) -> HttpResponse:
    now = timezone.now()
    try:
        client = visible_client(request.user, reference, now)
    except Http404:
        return redirect("client", reference_now(request.user, reference, now))
    case, today = client.case, today_of_case(client.case, client, now)
    facts, book = load_facts([client.pk])[client.pk], load_book()
    context = {
        "client": client,
        "header": case_header(case, now),
        "details": details_of(client, today, may_change=client.may_change),
        "people": [person_row(client, today)],
        "contacts": contacts_of([client], now),
        "addresses": addresses_of([client], today, book, now),
        "recorded": recorded_where_they_are(facts, book, now),
        "leaving": pressing(to_leave([client], now)),
        "case": case,
        "pairs": open_pairs_of(client, request.user, now),
        "may_change": client.may_change,
        "may_copy": may_read_needs(request.user, case, now),
    }
    record("clients.client_seen", subject=client, case_id=case.pk, by=request.user, now=now)
    return render(request, "cases/client.html", context)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def add_client(request: UserRequest, code: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    case = changeable_case(by, code, now)
    today = today_of_case(case, None, now)
    form, draft = (
        ClientForm(sent_data(request), is_principal=False, today=today),
        FormDraft(request, "add_client", case, now),
    )
    draft.restore(form)
    lines = read_lines(request, form, PERSON, today=today, is_new=True)
    if request.method == "POST" and form.is_valid():
        new_id, values = form.cleaned_data["id"], form.values()
        if is_done(form, lambda: actions.add_client(case=case, client_id=new_id, by=by, now=now, **values)):
            compare_after_saving(by, case.clients.filter(pk=new_id), now)
            draft.sent()
            return back_to(request, case, "people", _("The person is added. Record their stay and papers next."))
    return form_page(request, case, form, title=_("Add a person"), now=now, lines=lines, look_case=code, draft=draft)


@requires(Permission.CASE_CHANGE)
@require_http_methods(METHODS)
def change_client(request: UserRequest, reference: str) -> HttpResponse:
    now, by = timezone.now(), request.user
    client = changeable_client(by, reference, now)
    today = today_of_case(client.case, None, now)
    initial = ClientForm.initial_of(client)
    form = ClientForm(sent_data(request), is_principal=client.is_principal, today=today, initial=initial)
    draft = FormDraft(request, "change_client", client, now)
    draft.restore(form)
    lines = read_lines(request, form, PERSON, today=today, is_new=False)
    if request.method == "POST" and form.is_valid():
        version, values = form.version_read, form.values()
        if is_done(form, lambda: actions.change_client(client=client, version=version, by=by, now=now, **values)):
            compare_after_saving(by, client.case.clients.filter(pk=client.pk), now)
            draft.sent()
            return back_to(request, client.case, "people", _("What is known about this person is saved."))
    return form_page(
        request,
        client.case,
        form,
        title=_("Change a person"),
        now=now,
        who=client.full_name,
        lines=lines,
        look_client=reference,
        draft=draft,
    )
