"""What moving to another address sets off: what must be registered, by when, and whether the host has a part in it."""

from dataclasses import dataclass, replace

from .evaluate import current_sojourn
from .facts import Address
from .inquiry import Inquiry
from .kinds import Kind
from .position import Deadline, SubjectKind
from .register import addresses_in, event_duties

SUPPOSED = "supposed"

# Who must act, where nothing can be registered without whoever the home belongs to.
HOSTS = frozenset({"host", "self_with_host_consent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """is_there: they are in that country. duties: of the move; of the entry, where it is their first address there.

    hosted: the rules by which the host must act or agree.
    """

    is_there: bool
    is_first: bool = False
    duties: tuple[Deadline, ...] = ()
    hosted: tuple[str, ...] = ()


def moving(inquiry: Inquiry, country: str, address_id: str = "") -> Moving:
    """Return what is due if they move to an address in `country` on the day of the question.

    address_id: the address on record that is looked at; without one a new address is supposed.
    """
    current = current_sojourn(inquiry.cautious)
    if current is None or current.stay.country != country or current.first is None:
        return Moving(is_there=False)
    others = tuple(each for each in inquiry.facts.addresses if each.id != address_id)
    supposed = Address(id=SUPPOSED, country=country, since=inquiry.on)
    asked = replace(inquiry, facts=replace(inquiry.facts, addresses=(*others, supposed)))
    duties, _ = event_duties(asked, current)
    is_first = addresses_in(asked, current)[0].id == SUPPOSED
    wanted = SubjectKind.STAY if is_first else SubjectKind.ADDRESS
    of_the_move = [
        each for each in duties if each.subject.kind == wanted and each.subject.id in (SUPPOSED, current.stay.id)
    ]
    hosted = dict.fromkeys(rule_id for each in duties for rule_id in each.rule_ids if _asks_the_host(asked, rule_id))
    return Moving(
        is_there=True,
        is_first=is_first,
        duties=tuple(each for each in of_the_move if not each.is_met and not each.optional),
        hosted=tuple(hosted),
    )


def _asks_the_host(inquiry: Inquiry, rule_id: str) -> bool:
    rule = inquiry.known.by_id[rule_id]
    return rule.kind == Kind.REGISTER_WITHIN and rule.parameters.get("actor") in HOSTS
