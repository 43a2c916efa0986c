"""What a view declares about who may use it: one shape for the pages and for the interface of programs."""

from dataclasses import dataclass

from .roles import Permission


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may use a view: anybody, anybody signed in, those who hold a permission somewhere, or a program with a token.

    `demo_only` views answer 404 outside the embedded demo. `step_up` views ask for a fresh proof of who it is.
    `token` views open to a token alone: whoever is signed in and shows none is a stranger there.
    Whether a particular case may be seen is decided where it is loaded, through `visible_to(request.user)`.
    """

    public: bool = False
    permission: Permission | None = None
    second_factor: bool = True
    demo_only: bool = False
    step_up: bool = False
    token: bool = False
