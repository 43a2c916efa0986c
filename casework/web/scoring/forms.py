"""Forms of a scheme: its name, the points of all that it counts, and an invented situation to try it on."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from casework.clients.models import Programme, SchemeVersion
from casework.lib import scoring
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import fields_only, stacked
from casework.web.needs.scores import criterion_label, fact_label

from .criterion_forms import limit_field, points_field

MOST_PEOPLE = 30


class SchemeForm(RowForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the scheme"),
        help_text=gettext_lazy("What the points are for, such as: Who first"),
        max_length=80,
    )

    helper = stacked(gettext_lazy("Make this scheme"))


class WeightsForm(RowForm):
    """All points of a draft at once, its cap, and for each programme from how many points a case is eligible.

    What was sent says nothing of, because somebody else has added it meanwhile, stays as it is.
    """

    helper = fields_only()
    template_names_form = True

    def __init__(self, data: Any, *, draft: SchemeVersion, programmes: Sequence[Programme]) -> None:
        initial = self.initial_of(draft)
        if data is not None:
            data = data.copy()
            for name, value in initial.items():
                data.setdefault(name, "" if value is None else value)
        super().__init__(data, initial=initial)
        self.criteria = draft.definition.get("criteria", [])
        self.programmes = programmes
        for criterion in self.criteria:
            self.fields.update(_points_fields(criterion))
        self.fields["cap"] = forms.IntegerField(
            label=_("No case gets more than"),
            help_text=_("Blank: no cap. A case never gets less than 0."),
            min_value=1,
            max_value=100_000,
            required=False,
        )
        for programme in programmes:
            self.fields[f"from_{programme.pk}"] = forms.IntegerField(
                label=programme.name, min_value=0, max_value=100_000, required=False
            )

    @staticmethod
    def initial_of(row: SchemeVersion) -> dict[str, Any]:
        found: dict[str, Any] = {"version": row.version, "cap": row.definition.get("cap")}
        for criterion in row.definition.get("criteria", []):
            found |= {name: _stored(criterion, name) for name in _points_fields(criterion)}
        thresholds = row.definition.get("thresholds", {})
        return found | {f"from_{programme}": points for programme, points in thresholds.items()}

    def rows(self) -> Iterator[tuple[Mapping[str, Any], str, list[Any]]]:
        """Yield each criterion with what it is called and its fields, whose labels need not repeat that."""
        for criterion in self.criteria:
            title = criterion_label(criterion)
            fields = [copy(self[name]) for name in _points_fields(criterion)]
            for field in fields:
                field.label = _upper_first(str(field.label).removeprefix(f"{title}: "))
            yield criterion, title, fields

    def thresholds(self) -> list[Any]:
        return [self[f"from_{programme.pk}"] for programme in self.programmes]

    def weighed(self) -> list[dict[str, Any]]:
        """Return the criteria with the points that were typed."""
        return [_weighed(criterion, self.cleaned_data) for criterion in self.criteria]

    def thresholds_typed(self) -> dict[str, int | None]:
        return {str(programme.pk): self.cleaned_data[f"from_{programme.pk}"] for programme in self.programmes}


class SituationForm(forms.Form):
    """An invented case: a number for each fact that is counted, an answer to each question. It is of nobody."""

    helper = stacked(gettext_lazy("Work out the points"))

    def __init__(self, data: Any, *, facts: Sequence[str], definition: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.facts, self.questions = facts, scoring.questions(definition)
        language = get_language() or "en"
        for fact in facts:
            self.fields[f"fact_{fact}"] = _fact_field(fact)
        for question in self.questions:
            self.fields[f"q_{question['code']}"] = forms.ChoiceField(
                label=criterion_label(question),
                choices=[*_answers_of(question, language), ("", _("not answered"))],
                required=False,
                widget=forms.RadioSelect,
            )

    def facts_typed(self) -> dict[str, int]:
        return {fact: int(self.cleaned_data[f"fact_{fact}"] or 0) for fact in self.facts}

    def answers_typed(self) -> dict[str, str]:
        typed = {question["code"]: self.cleaned_data[f"q_{question['code']}"] for question in self.questions}
        return {code: answer for code, answer in typed.items() if answer}


def _fact_field(fact: str) -> forms.Field:
    if fact in scoring.YES_OR_NO:
        return forms.BooleanField(label=fact_label(fact), required=False)
    return forms.IntegerField(
        label=fact_label(fact), min_value=0, max_value=MOST_PEOPLE, required=False, help_text=_("Blank: none.")
    )


def _answers_of(question: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    if question["kind"] == "yes_no":
        return [("yes", _("yes")), ("no", _("no"))]
    return [(option["code"], scoring.label_in(option["label"], language)) for option in question["options"]]


def _points_fields(criterion: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return the fields in which the points of a criterion are typed, by name; each label says of which criterion."""
    code, title = criterion["code"], criterion_label(criterion)
    if criterion["kind"] == "choice":
        language = get_language() or "en"
        return {
            f"points_{code}_{option['code']}": points_field(f"{title}: {scoring.label_in(option['label'], language)}")
            for option in criterion["options"]
        }
    what = _("points if the answer is yes")
    if criterion["kind"] == "fact":
        what = _("points if it is so") if criterion["fact"] in scoring.YES_OR_NO else _("points for each")
    found: dict[str, forms.Field] = {f"points_{code}": points_field(f"{title}: {what}")}
    if criterion["kind"] == "fact" and criterion["fact"] not in scoring.YES_OR_NO:
        found[f"most_{code}"] = limit_field()
        found[f"most_{code}"].label = f"{title}: " + _("at most")
    return found


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stored(criterion: Mapping[str, Any], name: str) -> int | None:
    code = criterion["code"]
    if name == f"most_{code}":
        limit: int | None = criterion.get("at_most")
        return limit
    if name == f"points_{code}":
        points: int = criterion["points"]
        return points
    options: dict[str, int] = {f"points_{code}_{it['code']}": it["points"] for it in criterion["options"]}
    return options[name]


def _weighed(criterion: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    code, found = criterion["code"], dict(criterion)
    if criterion["kind"] == "choice":
        found["options"] = [it | {"points": typed[f"points_{code}_{it['code']}"]} for it in criterion["options"]]
        return found
    found["points"] = typed[f"points_{code}"]
    if f"most_{code}" in typed:
        found.pop("at_most", None)
        if typed[f"most_{code}"] is not None:
            found["at_most"] = typed[f"most_{code}"]
    return found
