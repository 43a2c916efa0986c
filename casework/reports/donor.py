"""The report to donors: who was helped with what, by programme, kind of service, sex and age group, month by month.

Counted are people, once for each programme, kind of service and month in which they had something of it. So totals over
programmes, kinds or months count the same person once for each of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q

from casework.clients.models import Client, Programme, Service, ServicePerson
from casework.lib.dates import Birth
from casework.lib.suppression import ALL, Place, outgoing_table
from casework.vault.values import ERASED

from .age_groups import AgeGroup, age_group
from .periods import Period, month_key

# In what is stored: the total over all that a property may be.
TOTAL = "all"
NO_PROGRAMME = ""


class Counted(NamedTuple):
    """The place of a count: the id of the programme ("" for none), the kind, sex, age group and month. `TOTAL` is over all."""

    programme: str
    service: str
    sex: str
    age: str
    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """A person who had a service on a day."""

    client: UUID
    programme: str
    service: str
    sex: str
    age: AgeGroup
    day: date


def helped_in(first: date, after: date, among: Q | None = None) -> Iterator[Helped]:
    """Yield each person of each service delivered from `first` to the day before `after`, the earliest first. Three queries.

    among: of which cases; left out, of all that are not restricted. People whose own case is restricted are left out too.
    """
    delivered = Q(state=Service.State.DELIVERED, delivered_on__gte=first, delivered_on__lt=after)
    services: Any = Service.objects.filter(delivered, _cases(among, "case__"))
    named: dict[UUID, list[UUID]] = defaultdict(list)
    for service, client in ServicePerson.objects.filter(service__in=services.values("pk")).values_list(
        "service_id", "client_id"
    ):
        named[service].append(client)
    people: dict[UUID, Client] = {}
    of_case: dict[UUID, list[UUID]] = defaultdict(list)
    has_part = Q(case__in=services.values("case")) | Q(pk__in={client for found in named.values() for client in found})
    columns = ("case_id", "sex", "born_earliest", "born_latest", "created_at")
    found: Any = Client.objects.filter(has_part, _cases(among, "case__"))
    for client in found.only(*columns).order_by("pk"):
        people[client.pk] = client
        of_case[client.case_id].append(client.pk)
    rows = services.order_by("delivered_on", "pk").values_list("pk", "case_id", "programme_id", "kind", "delivered_on")
    for service, case, programme, kind, day in rows:
        for client_id in named.get(service, of_case[case]):
            person = people.get(client_id)
            if person is not None and not _is_unborn(person, day):
                yield Helped(
                    client=client_id,
                    programme=str(programme or NO_PROGRAMME),
                    service=kind,
                    sex=person.sex,
                    age=age_group(_birth(person), day),
                    day=day,
                )


def cells_of(period: Period, among: Q | None = None) -> Counter[Counted]:
    """Return how many people were helped in each place: everybody once a place, in the age group of their first time there."""
    seen: set[tuple[UUID, str, str, str]] = set()
    cells: Counter[Counted] = Counter()
    for it in helped_in(period.first, period.after, among):
        month = month_key(it.day)
        once = (it.client, it.programme, it.service, month)
        if once not in seen:
            seen.add(once)
            cells[Counted(it.programme, it.service, it.sex, it.age.value, month)] += 1
    return cells


def with_totals(cells: Mapping[Counted, int]) -> Counter[Counted]:
    """Return the cells of each month with all their totals within it: exact, for those who see the rows."""
    found: Counter[Counted] = Counter()
    for cell, number in cells.items():
        for programme, service, sex, age in product(*((value, TOTAL) for value in cell[:-1])):
            found[Counted(programme, service, sex, age, cell.month)] += number
    return found


def suppressed_places(cells: Mapping[Counted, int], period: Period) -> list[list[str | int | None]]:
    """Return what may be kept: every place and total with its count, None where it is hidden. What is not there is none.

    The months of a quarter are hidden together: no month and no total over months tells of another.
    """
    if period.is_quarter:
        shown = outgoing_table({tuple(cell): count for cell, count in cells.items()})
    else:  # of one month, the total over months is the month itself
        month = month_key(period.first)
        plain: dict[Place, int] = {tuple(cell[:-1]): count for cell, count in cells.items()}
        shown = {(*place, month): count for place, count in outgoing_table(plain).items()}
    return [
        [*(TOTAL if value is ALL else str(value) for value in place), count]
        for place, count in sorted(shown.items(), key=lambda item: [str(value) for value in item[0]])
        if count != 0
    ]


def programmes_in(cells: Mapping[Counted, int]) -> list[dict[str, str]]:
    """Return what the programmes are called now, as the report keeps it: their names may change, the report does not."""
    ids = {cell.programme for cell in cells if cell.programme != NO_PROGRAMME}
    found: Any = Programme.objects
    return [
        {"id": str(it.pk), "code": it.code, "name": it.name, "donor": it.donor}
        for it in found.filter(pk__in=ids).by_name()
    ]


def _cases(among: Q | None, prefix: str) -> Q:
    return Q(**{f"{prefix}restricted": False}) if among is None else among


def _birth(client: Client) -> Birth:
    """Return the birth, not known where it was erased."""
    if ERASED in (client.born_earliest, client.born_latest):
        return Birth()
    return client.birth


def _is_unborn(client: Client, day: date) -> bool:
    """Whether somebody was born after what the others of the case were given."""
    earliest: Any = client.born_earliest
    return isinstance(earliest, date) and earliest > day
