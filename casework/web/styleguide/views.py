"""The style guide: each component as pages use it. Sending the form shows how refusals look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.lib.ids import new_id
from casework.web.components import Tab
from casework.web.decorators import demo_only
from casework.web.filters import chips

from . import examples
from .forms import CountriesForm, EveryFieldForm, ExampleFilterForm, ReasonForm
from .pictures import all_pictures


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def styleguide(request: HttpRequest) -> HttpResponse:
    form = EveryFieldForm(request.POST or None)
    filter_form = ExampleFilterForm(request.GET or None)
    context = {
        **examples.all_examples(timezone.localtime()),
        "pages": _pages("styleguide"),
        "form": form,
        "is_accepted": form.is_bound and form.is_valid(),
        "filter_form": filter_form,
        "chips": chips(filter_form, request.GET, request.path),
    }
    return render(request, "styleguide/styleguide.html", context)


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def styleguide_forms(request: HttpRequest) -> HttpResponse:
    """Forms in each state: changed by somebody else meanwhile, kept as a draft, filled from a document."""
    context = {
        **examples.states_of_forms(timezone.localtime()),
        "pages": _pages("styleguide_forms"),
        "form": CountriesForm(request.POST or None),
    }
    return render(request, "styleguide/forms.html", context)


@demo_only
@require_safe
def styleguide_pictures(request: HttpRequest) -> HttpResponse:
    context = {**all_pictures(timezone.localdate()), "pages": _pages("styleguide_pictures")}
    return render(request, "styleguide/pictures.html", context)


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def styleguide_confirm(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return redirect("styleguide")
    context = {
        "title": _("Close this case?"),
        "text": _("Its reminders stop. You can open it again."),
        "rows": examples.summary_rows(timezone.localdate()),
        "warning": _("Three deadlines are open."),
        "act_label": _("Close this case"),
        "is_danger": True,
        "cancel_url": reverse("styleguide"),
        "submit_token": new_id(),
        "form": ReasonForm(),
    }
    return render(request, "components/confirm_page.html", context)


@demo_only
@require_safe
def styleguide_job(request: HttpRequest) -> HttpResponse:
    return render(request, "components/job_page.html", {"job": examples.jobs()[1]})


def _pages(current: str) -> list[Tab]:
    labels = {
        "styleguide": _("Components"),
        "styleguide_forms": _("Forms in each state"),
        "styleguide_pictures": _("Pictures"),
    }
    return [Tab(label=label, url=reverse(name), is_current=name == current) for name, label in labels.items()]
