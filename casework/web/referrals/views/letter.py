"""The letter of a referral, to be printed or copied, in the language of whoever reads it."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Referral
from casework.clients.referring import hindrances
from casework.web.decorators import requires
from casework.web.request import UserRequest
from casework.web.sheet.views import LANGUAGES

from ..letter import letter_of
from ..loading import today_of, visible_referral


@requires(Permission.CASE_VIEW)
@require_safe
def referral_letter(request: UserRequest, referral_id: UUID) -> HttpResponse:
    """Show the letter; a draft that cannot be sent, or a withdrawn one, has none."""
    now = timezone.now()
    found = visible_referral(request.user, referral_id, now)
    people = list(found.people_here.select_related("data_key").defer("search_form"))
    today = today_of(found.case, now)
    is_withdrawn = found.state == Referral.State.WITHDRAWN
    in_the_way = hindrances(found, people, today) if found.state == Referral.State.DRAFT else []
    asked = request.GET.get("language", found.partner.letter_language)
    language = asked if asked in LANGUAGES else "en"
    context = {
        "referral": found,
        "hindrances": in_the_way,
        "is_withdrawn": is_withdrawn,
        "language": language,
        "languages": LANGUAGES.items(),
        "untranslated": dict(settings.CLIENT_LANGUAGES).get(asked, asked) if asked not in LANGUAGES else "",
        "letter": "",
    }
    if not in_the_way and not is_withdrawn:
        with translation.override(language):
            context["letter"] = render_to_string("referrals/_letter.html", {"letter": letter_of(found, people, today)})
        made = {"language": language, "shared": sorted(found.shared)}
        record("clients.referral_letter_made", subject=found, case_id=found.case_id, by=request.user, now=now, **made)
    return render(request, "referrals/referral_letter.html", context)
