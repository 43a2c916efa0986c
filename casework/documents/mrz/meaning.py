"""What the letters of a document mean: whose it is, who issued it, what kind of document it is."""

from collections.abc import Mapping

from casework.lib.icao_states import State, state_of

from . import problems as say
from .checks import UNREADABLE
from .layouts import TD3, Layout
from .problems import Field, Params, Problem, Weight

RUSSIAN_INTERNAL = "PNRUS"

_OF_ISSUERS = {
    "unknown": say.ISSUER_UNKNOWN,
    "person": say.ISSUER_UNKNOWN,
    "organisation": say.ISSUER_ORGANISATION,
    "gone": say.ISSUER_GONE,
    "specimen": say.SPECIMEN,
}
_OF_NATIONALITIES = {
    "unknown": say.NATIONALITY_UNKNOWN,
    "organisation": say.NATIONALITY_ORGANISATION,
    "gone": say.NATIONALITY_GONE,
    "specimen": say.SPECIMEN,
    "british": say.NATIONALITY_BRITISH,
}
_WEIGHTS: Mapping[str, Weight] = {"unknown": "wrong", "person": "wrong", "specimen": "warning"}
# Documents of people without an ordinary nationality look like passports and are none.
_OF_THE_STATELESS = {"XXA": "stateless_travel_document", "XXB": "refugee_travel_document", "XXC": "other"}


def state_in(printed: str, field: Field, where: Params) -> tuple[State | None, list[Problem]]:
    """Return the state that three letters stand for, None if they cannot be read, and what there is to say about it."""
    if UNREADABLE in printed:  # which was said already
        return None, []
    state = state_of(printed.rstrip("<"))
    message = (_OF_ISSUERS if field == "issuer" else _OF_NATIONALITIES).get(state.sort)
    about = (
        [Problem(message, _WEIGHTS.get(state.sort, "remark"), field, where | {"text": state.printed})]
        if message
        else []
    )
    return None if (field, state.sort) == ("issuer", "person") else state, about


def kind_of(
    lines: tuple[str, ...], layout: Layout, issuer: State | None, nationality: State | None
) -> tuple[str, list[Problem]]:
    """Return the kind of document, "" if it is not clear, and what there is to say about its first letters."""
    code = layout.code.of(lines)
    if UNREADABLE in code:
        return "", []
    if code[0] not in layout.begins_with:
        expected = ", ".join("PV" if layout.begins_with in "PV" else layout.begins_with)
        return "", [Problem(say.CODE, field="kind", params={"expected": expected, "found": code[0]})]
    if code[0] == "P":
        is_internal = layout is TD3 and code + layout.issuer.of(lines) == RUSSIAN_INTERNAL
        return "internal_passport" if is_internal else _kind_of_passport(nationality), []
    return _kind_of_card(code, issuer, nationality), []


def _kind_of_passport(nationality: State | None) -> str:
    return _OF_THE_STATELESS.get(nationality.printed if nationality else "", "international_passport")


def _kind_of_card(code: str, issuer: State | None, nationality: State | None) -> str:
    """A state gives identity cards to its own citizens, and cards of residence to others."""
    if code[0] == "V" or code == "AC":  # a visa, a certificate of crew
        return "other"
    if code[1] == "R":
        return "residence_card"
    if not (issuer and nationality) or "unknown" in (issuer.sort, nationality.sort):
        return ""
    return "identity_card" if issuer.printed == nationality.printed else "residence_card"
