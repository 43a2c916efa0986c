"""Words, columns and rows of the reports that count people who were helped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.clients.models import Client, Service
from casework.reports.age_groups import AgeGroup
from casework.reports.donor import NO_PROGRAMME, TOTAL, Counted
from casework.reports.table import Column, Kind

SEXES = (Client.Sex.FEMALE, Client.Sex.MALE, Client.Sex.OTHER, Client.Sex.UNKNOWN)
AGES = tuple(AgeGroup)
# By version 1.1 of the standard; a range of one's own stands beside the nearest of its words.
_HXL_OF_SEX = {"female": "+f", "male": "+m", "other": "+i", "unknown": "+sex_unknown"}
_HXL_OF_AGE = {
    AgeGroup.UNDER_5: "+infants+age_0_4",
    AgeGroup.UNDER_12: "+children+age_5_11",
    AgeGroup.UNDER_18: "+adolescents+age_12_17",
    AgeGroup.UNDER_60: "+adults+age_18_59",
    AgeGroup.OVER_60: "+elderly+age_60",
    AgeGroup.UNKNOWN: "+age_unknown",
}

# What stands at each place: a number, or the sign of one that is hidden. What is not there is none.
Counts = Mapping[Counted, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What the programmes of a report are called, by id, in order: name, code and donor."""

    programmes: Mapping[str, tuple[str, str, str]]

    @classmethod
    def kept(cls, programmes: Iterable[Mapping[str, str]]) -> "Names":
        return cls({it["id"]: (it["name"], it["code"], it["donor"]) for it in programmes})

    def of(self, programme: str, service: str) -> list[str]:
        """Return the cells of programme, donor and service."""
        if programme == TOTAL:
            return [_("All programmes"), "", self.service(service)]
        if programme == NO_PROGRAMME:
            return [_("No programme"), "", self.service(service)]
        name, code, donor = self.programmes[programme]
        return [f"{name} ({code})", donor, self.service(service)]

    def service(self, service: str) -> str:
        return _("all services") if service == TOTAL else str(dict(Service.Kind.choices).get(service, service))

    def sex(self, sex: str) -> str:
        return _("all") if sex == TOTAL else str(dict(Client.Sex.choices).get(sex, sex))

    def order(self, name: str) -> list[str]:
        """Return the values of a property in the order of the report, its total last."""
        found: dict[str, list[str]] = {
            "programme": [*self.programmes, NO_PROGRAMME],
            "service": list(Service.Kind.values),
            "sex": [str(sex) for sex in SEXES],
            "age": [str(age) for age in AGES],
        }
        return [*found[name], TOTAL]


def places_by(counts: Counts, names: Names, *properties: str) -> list[tuple[str, ...]]:
    """Return the different values of these properties for which there is any count, in the order of the report."""
    found = {tuple(getattr(place, name) for name in properties) for place in counts}
    ranks = {
        name: {value: rank for rank, value in enumerate(names.order(name))} for name in properties if name != "month"
    }

    def rank(place: tuple[str, ...]) -> list[tuple[int, str]]:
        # Months are in the order of their keys, the total over them last: its word sorts after any year.
        return [
            (ranks[name].get(value, 99) if name in ranks else 0, value)
            for name, value in zip(properties, place, strict=True)
        ]

    return sorted(found, key=rank)


def columns_of_sexes() -> list[Column]:
    labels = dict(Client.Sex.choices)
    return [
        Column(
            key=sex.value, label=str(labels[sex]), kind=Kind.NUMBER, width=9, hxl=f"#reached{_HXL_OF_SEX[sex.value]}"
        )
        for sex in SEXES
    ]


def columns_of_ages() -> list[Column]:
    return [
        Column(
            key=age.name.lower(), label=age_in_words(age), kind=Kind.NUMBER, width=9, hxl=f"#reached{_HXL_OF_AGE[age]}"
        )
        for age in AGES
    ]


def age_in_words(age: AgeGroup) -> str:
    if age is AgeGroup.UNKNOWN:
        return _("age not known")
    return age.value.replace("-", "–")
