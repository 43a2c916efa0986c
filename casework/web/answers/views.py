"""Where a gateway brings back what people answered. Signed with the secret that the operator has given it, and silent."""

import hashlib
import hmac
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from casework.reminders.actions import take_answer
from casework.web.decorators import public

LONGEST = 8 * 1024
SIGNATURE = "X-Casework-Signature"


@csrf_exempt  # a machine asks, without a session: the signature stands for it
@public
@require_POST
def answers(request: HttpRequest) -> HttpResponse:
    """Take `{"from": number, "text": words}`. 204 whoever is known or not; 403 for what is not signed, before it is read."""
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST or not is_signed(body, request.headers.get(SIGNATURE, "")):
        return HttpResponse(status=403)
    try:
        said = json.loads(body)
        sender, text = str(said["from"]), str(said["text"])
    except (ValueError, KeyError, TypeError):
        return HttpResponse(status=400)
    if len(sender) <= 160:
        take_answer(sender=sender, text=text, now=timezone.now())
    return HttpResponse(status=204)


def is_signed(body: bytes, signature: str) -> bool:
    secret = settings.CHANNELS.get("answers", "")
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(expected.encode(), signature.encode())
