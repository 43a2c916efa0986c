"""What the token that asks may do."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from pydantic import Field

from casework.accounts.access import teams_with
from casework.accounts.roles import Permission
from casework.accounts.scopes import GRANTS, Scope

from ..auth import Bearer

router = Router(tags=["me"])


class TeamOut(Schema):
    code: str = Field(examples=["BSK"])
    name: str
    time_zone: str = Field(examples=["Asia/Bishkek"])


class MeOut(Schema):
    """`scopes`: what works at this moment: what the token was given, and its owner may still do."""

    scopes: list[str] = Field(examples=[["read:cases"]])
    given: list[str] = Field(description="What the token was given when it was made", examples=[["read:cases"]])
    expires_at: datetime
    language: str = Field(description="In which sentences come without Accept-Language")
    teams: list[TeamOut] = Field(description="Teams whose cases the owner sees")


@router.get(
    "/me", auth=Bearer(), response=MeOut, operation_id="me", summary="What this token may do", url_name="api_me"
)
def me(request: Any) -> dict[str, Any]:
    teams = teams_with(request.user, Permission.CASE_VIEW, request.now).order_by("name", "pk")
    given = list(request.token.scopes)
    return {
        "scopes": [scope for scope in given if GRANTS[Scope(scope)].permission in request.permissions],
        "given": given,
        "expires_at": request.token.expires_at,
        "language": request.user.language or "en",
        "teams": [{"code": it.code, "name": it.name, "time_zone": it.time_zone} for it in teams],
    }
