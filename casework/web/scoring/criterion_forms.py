"""Forms of one criterion of a scheme: a fact that is counted, a question, a question with several answers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.clients.need_codes import group_labels
from casework.lib import scoring
from casework.lib.scoring_edits import criterion_of
from casework.web.cases.forms.rows import RowForm
from casework.web.forms.layouts import stacked
from casework.web.needs.scores import fact_label

# How many answers a question has room for; more, where it has that many.
OPTIONS = 5
LANGUAGES = ("en", "ru", "ky")


def points_field(label: str = "", **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label or _("Points"), min_value=-scoring.MOST_POINTS, max_value=scoring.MOST_POINTS, **more
    )


def limit_field() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("At most"), min_value=1, max_value=scoring.MOST_POINTS, required=False, help_text=_("Blank: no limit.")
    )


class CriterionForm(RowForm):
    """What all kinds of criteria share. `code` names the one that is changed; `taken` are the facts counted already."""

    kind = ""
    helper = stacked(gettext_lazy("Save this criterion"))

    def __init__(self, *args: Any, code: str = "", definition: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code = code
        self.definition = definition

    def criterion(self) -> dict[str, Any]:
        """Return what the valid form says."""
        raise NotImplementedError

    def show_theirs(self, row: Any) -> None:
        """Of the whole draft, this criterion alone stands beside what was typed; {} if it is gone."""
        row.read = criterion_of(row.definition, self.code) or {}
        super().show_theirs(row)


class FactForm(CriterionForm):
    kind = "fact"
    fact = forms.ChoiceField(label=gettext_lazy("What is counted"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fact"]
        groups = [f"{scoring.NEEDS_OF_GROUP}{group}" for group in group_labels("en")]
        field.choices = [
            ("", "—"),
            (_("Facts"), [(fact, fact_label(fact)) for fact in scoring.FACTS]),
            (_("Needs on record, by group"), [(fact, fact_label(fact)) for fact in groups]),
        ]
        self.fields["points"] = points_field(
            _("Points for each"), help_text=_("For each person or need; for what is or is not so, once.")
        )
        self.fields["at_most"] = limit_field()

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        stored = row.read
        return {"version": row.version, **{name: stored.get(name) for name in ("fact", "points", "at_most")}}

    def clean_fact(self) -> str:
        fact: str = self.cleaned_data["fact"]
        others = [each for each in self.definition.get("criteria", ()) if each["code"] != self.code]
        if any(each["kind"] == "fact" and each["fact"] == fact for each in others):
            raise ValidationError(_("This is counted already. Change its points instead."))
        return fact

    def criterion(self) -> dict[str, Any]:
        typed = self.cleaned_data
        limit = {"at_most": typed["at_most"]} if typed["at_most"] is not None else {}
        return {"code": self.code, "kind": "fact", "fact": typed["fact"], "points": typed["points"], **limit}


class QuestionForm(CriterionForm):
    """A question to whoever looks after the case, answered yes or no."""

    kind = "yes_no"
    label_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=200, required=False)
    label_ru = forms.CharField(label=gettext_lazy("Question in Russian"), max_length=200, required=False)
    label_ky = forms.CharField(label=gettext_lazy("Question in Kyrgyz"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label_en"].help_text = _(
            "One language is enough; who reads another sees it too. If it asks for something else from now on, "
            "remove it and add a new one: what was answered stays with the question."
        )
        self._add_points()

    def _add_points(self) -> None:
        self.fields["points"] = points_field(_("Points if the answer is yes"))

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        return {"version": row.version, "points": row.read.get("points"), **_label_fields(row.read)}

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if not any(typed.get(f"label_{language}") for language in LANGUAGES):
            self.add_error("label_en", _("Write the question."))
        return typed

    def criterion(self) -> dict[str, Any]:
        return {**self._asked(), "points": self.cleaned_data["points"]}

    def _asked(self) -> dict[str, Any]:
        labels = {language: self.cleaned_data[f"label_{language}"] for language in LANGUAGES}
        return {"code": self.code, "kind": self.kind, "label": labels}


class ChoiceForm(QuestionForm):
    """A question with several answers, each with its points; a row that is left blank is no answer."""

    kind = "choice"

    def _add_points(self) -> None:
        stored = criterion_of(self.definition, self.code) or {}
        self.numbers = range(1, max(OPTIONS, len(stored.get("options", ())) + 1) + 1)
        for number in self.numbers:
            for language, title in zip(LANGUAGES, (_("in English"), _("in Russian"), _("in Kyrgyz")), strict=True):
                label = _("Answer %(number)s, %(language)s") % {"number": number, "language": title}
                self.fields[f"answer{number}_{language}"] = forms.CharField(label=label, max_length=200, required=False)
            label = _("Points of answer %(number)s") % {"number": number}
            self.fields[f"answer{number}_points"] = points_field(label, required=False)
            self.fields[f"answer{number}_code"] = forms.SlugField(
                max_length=16, required=False, widget=forms.HiddenInput
            )

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        found = {"version": row.version, **_label_fields(row.read)}
        for number, option in enumerate(row.read.get("options", ()), start=1):
            found[f"answer{number}_code"] = option["code"]
            found[f"answer{number}_points"] = option["points"]
            found |= {f"answer{number}_{language}": option["label"].get(language, "") for language in LANGUAGES}
        return found

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        given = [number for number in self.numbers if self._has_words(number)]
        for number in self.numbers:
            if number not in given and typed.get(f"answer{number}_points"):
                self.add_error(f"answer{number}_en", _("Write the answer, or leave its points blank."))
        if len(given) < 2:
            self.add_error("answer1_en" if not given else "answer2_en", _("Give at least two answers to choose from."))
        return typed

    def criterion(self) -> dict[str, Any]:
        numbers = [number for number in self.numbers if self._has_words(number)]
        return {**self._asked(), "options": [self._option(number) for number in numbers]}

    def _option(self, number: int) -> dict[str, Any]:
        typed = self.cleaned_data
        labels = {language: typed[f"answer{number}_{language}"] for language in LANGUAGES}
        # A new answer gets a code that none before it had, or what was answered long ago would come to life as it.
        code = typed[f"answer{number}_code"] or f"a{str(typed['id'] or self.code)[-6:]}{number}"
        return {"code": code, "label": labels, "points": typed[f"answer{number}_points"] or 0}

    def _has_words(self, number: int) -> bool:
        return any(self.cleaned_data.get(f"answer{number}_{language}") for language in LANGUAGES)


KINDS: dict[str, type[CriterionForm]] = {form.kind: form for form in (FactForm, QuestionForm, ChoiceForm)}


def _label_fields(criterion: Mapping[str, Any]) -> dict[str, Any]:
    labels = criterion.get("label", {})
    return {f"label_{language}": labels.get(language, "") for language in LANGUAGES}
