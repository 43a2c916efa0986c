"""Who saw this case, and what they did with it: for everybody who may see it."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.models import SEARCHED, Event
from casework.audit.record import record
from casework.clients.models import Client, Complaint
from casework.web.audit.wording import sentence
from casework.web.cases.header import header_and_people
from casework.web.cases.loading import visible_case
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.forms.layouts import fields_only
from casework.web.paging import keyset_page
from casework.web.request import UserRequest


class SeenFilterForm(forms.Form):
    """`names` are those of whoever did something with the case, by id."""

    who = forms.TypedChoiceField(label=gettext_lazy("Who"), required=False, coerce=str)

    helper = fields_only()

    def __init__(self, *args: Any, names: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        named = sorted(names.items(), key=lambda each: each[1])
        who: Any = self.fields["who"]
        who.choices = [("", _("everybody")), *named]


@requires(Permission.CASE_VIEW)
@require_safe
def case_seen_by(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    header, people = header_and_people(case, now)
    events = _about(case, people)
    actors: Any = User.objects.filter(pk__in=events.values("actor_id"))
    names = {str(user.pk): str(user.display_name or user.email) for user in actors}
    form = SeenFilterForm(request.GET or None, names=names)
    if form.is_bound and form.is_valid() and form.cleaned_data["who"]:
        events = events.filter(actor_id=form.cleaned_data["who"])
    page = keyset_page(events, ("-id",), request.GET, request.path)
    record("clients.lookers_seen", subject=case, case_id=case.pk, by=request.user, now=now, shown=len(page.rows))
    context = {
        "case": case,
        "header": header,
        "page": page,
        "rows": [_row(event, names) for event in page.rows],
        "form": form,
        "chips": chips(form, request.GET, request.path),
    }
    return render(request, "history/seen.html", context)


def _about(case: Any, people: list[Client]) -> QuerySet[Event]:
    """Return the events about a case (as `visible_case` loads it), what was joined into it, and searches that found its people.

    Not those of complaints: few may know of these.
    """
    found = Q(pk__in=[])
    for client in people:
        found |= Q(type=SEARCHED, data__contains={"clients": [str(client.pk)]})
    events = Event.objects.filter(Q(case_id__in=[case.pk, *case.joined_here]) | found)
    return events.exclude(subject_model=Complaint._meta.label)


def _row(event: Event, names: dict[str, str]) -> dict[str, Any]:
    who = names.get(str(event.actor_id), _("an account that is gone")) if event.actor_id else _("the software")
    return {"at": event.at, "who": who, "what": capfirst(sentence(event.type))}
