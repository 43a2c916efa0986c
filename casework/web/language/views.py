"""The switch on every page: a cookie for strangers, the profile for those who are signed in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views import i18n
from django.views.decorators.http import require_POST

from casework.accounts import actions
from casework.accounts.models import User
from casework.web.decorators import public


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Speak the language asked for from now on, and go back to the page where it was asked."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        actions.choose_language(user=request.user, language=language, by=request.user, now=timezone.now())
    return i18n.set_language(request)
