"""The style guide: each component as pages use it. Sending the form shows how refusals look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.web.decorators import demo_only
from casework.web.filters import chips

from . import examples
from .forms import EveryFieldForm, ExampleFilterForm


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def styleguide(request: HttpRequest) -> HttpResponse:
    form = EveryFieldForm(request.POST or None)
    filter_form = ExampleFilterForm(request.GET or None)
    context = {
        **examples.all_examples(timezone.localtime()),
        "form": form,
        "is_accepted": form.is_bound and form.is_valid(),
        "filter_form": filter_form,
        "chips": chips(filter_form, request.GET, request.path),
    }
    return render(request, "styleguide/styleguide.html", context)


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
    }
    return render(request, "components/confirm_page.html", context)


@demo_only
@require_safe
def styleguide_job(request: HttpRequest) -> HttpResponse:
    return render(request, "components/job_page.html", {"job": examples.jobs()[1]})
