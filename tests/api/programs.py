"""Programs that ask, for tests: one with a token of somebody, and what it says."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.actions.api_tokens import PREFIX, hash_of
from casework.accounts.models import ApiToken, User
from casework.accounts.scopes import Scope
from casework.lib.ids import new_id

ALL = tuple(Scope)


def make_token(
    user: User,
    scopes: Collection[str] = ALL,
    *,
    now: datetime | None = None,
    lasts: timedelta = timedelta(days=90),
    name: str = "Invented program",
) -> tuple[ApiToken, str]:
    """A token with these scopes, whether or not its owner may do all of that."""
    text = f"{PREFIX}{new_id().hex}"
    made = ApiToken(
        id=new_id(),
        data_key=user.data_key,
        user=user,
        token_hash=hash_of(text),
        scopes=[str(scope) for scope in scopes],
        made_at=now or timezone.now(),
        expires_at=(now or timezone.now()) + lasts,
    )
    made.name = name
    made.save()
    return made, text


class Program:
    """Asks with a token, and with nothing else."""

    def __init__(self, user: User, scopes: Collection[str] = ALL, *, language: str = "", **token: Any) -> None:
        self.token, self.text = make_token(user, scopes, **token)
        headers = {"HTTP_AUTHORIZATION": f"Bearer {self.text}"}
        if language:
            headers["HTTP_ACCEPT_LANGUAGE"] = language
        self.browser = Browser(raise_request_exception=False, **headers)

    def get(self, path: str, **asked: Any) -> Any:
        return self.browser.get(f"/api/v1/{path}", asked)

    def post(self, path: str, sent: Any, *, key: str = "a-key-of-the-test") -> Any:
        headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.browser.post(f"/api/v1/{path}", sent, content_type="application/json", **headers)


def problem(answer: Any) -> tuple[int, str]:
    """Return the status and the code of a refusal, which is in the one shape."""
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert set(said) == {"type", "title", "status", "detail", "errors", "now"}
    assert said["status"] == answer.status_code
    assert said["title"]
    assert said["detail"]
    return answer.status_code, said["type"].removeprefix("urn:casework:problem:")
