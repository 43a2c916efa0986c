"""All addresses. Each subject has its own module; every view in them declares who may use it."""

from django.contrib import admin
from django.urls import include, path

from casework.web import errors

urlpatterns = [
    path("", include("casework.web.home.urls")),
    path("", include("casework.web.status.urls")),
    path("", include("casework.web.jobs.urls")),
    path("", include("casework.web.language.urls")),
    path("", include("casework.web.messages.urls")),
    path("", include("casework.web.inbox.urls")),
    path("", include("casework.web.channels.urls")),
    path("", include("casework.web.reminders.urls")),
    path("", include("casework.web.client_messages.urls")),
    path("", include("casework.web.answers.urls")),
    path("", include("casework.web.calendar.urls")),
    path("", include("casework.web.cases.urls")),
    path("", include("casework.web.lists.urls")),
    path("", include("casework.web.access.urls")),
    path("", include("casework.web.erasure.urls")),
    path("", include("casework.web.absences.urls")),
    path("", include("casework.web.own_copy.urls")),
    path("", include("casework.web.partners.urls")),
    # Before the steps of a referral, which take any word.
    path("", include("casework.web.follow_ups.urls")),
    path("", include("casework.web.referrals.urls")),
    path("", include("casework.web.complaints.urls")),
    path("", include("casework.web.duplicates.urls")),
    path("", include("casework.web.merging.urls")),
    path("", include("casework.web.leaving.urls")),
    path("", include("casework.web.facts.urls")),
    path("", include("casework.web.family.urls")),
    path("", include("casework.web.log.urls")),
    path("", include("casework.web.history.urls")),
    path("", include("casework.web.custody.urls")),
    path("", include("casework.web.documents.urls")),
    path("", include("casework.web.document_types.urls")),
    path("", include("casework.web.rules.urls")),
    path("", include("casework.web.policy_desk.urls")),
    path("", include("casework.web.deadlines.urls")),
    path("", include("casework.web.impact.urls")),
    path("", include("casework.web.todos.urls")),
    path("", include("casework.web.appointments.urls")),
    path("", include("casework.web.transfers.urls")),
    path("", include("casework.web.drafts.urls")),
    path("", include("casework.web.needs.urls")),
    path("", include("casework.web.safety.urls")),
    path("", include("casework.web.processing.urls")),
    path("", include("casework.web.programmes.urls")),
    path("", include("casework.web.scoring.urls")),
    path("", include("casework.web.onward.urls")),
    path("", include("casework.web.position.urls")),
    path("", include("casework.web.exports.urls")),
    path("", include("casework.web.imports.urls")),
    path("", include("casework.web.sheet.urls")),
    path("", include("casework.web.consent_form.urls")),
    path("", include("casework.web.housing.urls")),
    path("", include("casework.web.reports.urls")),
    path("account/", include("casework.web.sign_in.urls")),
    path("", include("casework.web.people.urls")),
    path("", include("casework.web.audit.urls")),
    path("", include("casework.web.help.urls")),
    path("", include("casework.web.api_tokens.urls")),
    path("api/", include("casework.api.urls")),
    path("admin/", admin.site.urls),
    path("styleguide/", include("casework.web.styleguide.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
