"""The scope of each call, as the description shows it and as the call asks for it."""

from typing import Any

from ninja.security import HttpBearer

from casework.accounts.scopes import Scope

from .entry import needs


class Bearer(HttpBearer):
    """Asks for one scope. Who it is was found out in `entry`, before anything else."""

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: Any, token: str) -> Any:
        if self.scope is not None:
            needs(request, self.scope)
        return request.token
