"""One worked example as a form: facts as fields where the kind asks for few, else the example as JSON text."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.lib.strict_json import NestedTooDeeply, read_json
from casework.residency.models import Rule
from casework.residency.rules import proof
from casework.residency.rules.examples import LIMIT_KEYS
from casework.residency.rules.kinds import LIMIT_KINDS, Kind
from casework.web.forms.layouts import fields_only

STAYS, FROM, PERMIT, TEXT = "stays", "from", "permit", "text"
BLANK_STAYS = 2
MOST_STAYS = 60
DUTY_KEYS = ("due_on", "alternative")
SHAPES = {
    **dict.fromkeys(LIMIT_KINDS, STAYS),
    Kind.REGISTER_WITHIN: STAYS,
    Kind.RENEW_EVERY: FROM,
    Kind.RENEWAL_WINDOW: PERMIT,
}
KEYS = {
    **dict.fromkeys(LIMIT_KINDS, LIMIT_KEYS),
    Kind.REGISTER_WITHIN: DUTY_KEYS,
    Kind.RENEW_EVERY: DUTY_KEYS,
    Kind.RENEWAL_WINDOW: ("opens_on", *DUTY_KEYS),
}
LABELS = {
    "days_used": gettext_lazy("Days used"),
    "last_lawful_day": gettext_lazy("Last lawful day"),
    "max_stay": gettext_lazy("Longest stay from that day"),
    "overstay": gettext_lazy("Overstay"),
    "first_overstay_day": gettext_lazy("First day of overstay"),
    "days_over_limit": gettext_lazy("Days over the limit"),
    "earliest_entry": gettext_lazy("Earliest entry"),
    "due_on": gettext_lazy("Due on"),
    "alternative": gettext_lazy("By the other reading"),
    "opens_on": gettext_lazy("Opens on"),
}
# What a form of fields can hold; an example that says more is edited as text, so that nothing of it is lost.
_KNOWN = {
    STAYS: {"id", "rules", "stays", "on", "expect"},
    FROM: {"id", "rules", "from", "on", "expect"},
    PERMIT: {"id", "rules", "permit", "on", "expect"},
}
_NONE = ("none", "null", "–", "-", "no value", "нет значения")
_YES, _NO = ("yes", "true", "да"), ("no", "false", "нет")
_STAY = re.compile(r"stay_(\d{1,3})_(?:entry|exit)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Example = dict[str, Any]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ExampleForm(forms.Form):
    """What all shapes share. `seen`: the digest of the draft on the writer's screen."""

    shape = TEXT

    name = forms.CharField(
        label=gettext_lazy("Name of the example"),
        max_length=40,
        help_text=gettext_lazy("Tells it from the others, for example KZ-90-FIRST. No names of clients."),
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    looked = forms.CharField(widget=forms.HiddenInput, required=False)

    helper = fields_only()

    def __init__(self, *args: Any, rule: Rule, others: Iterable[object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self._taken = set(map(str, others))

    def __getitem__(self, name: str) -> forms.BoundField:
        """Every box looks like those of the other forms."""
        bound = super().__getitem__(name)
        if not bound.is_hidden:
            bound.field.widget.attrs.setdefault("class", "form-control")
        return bound

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if name in self._taken:
            raise forms.ValidationError(_("Another example of this draft has this name."))
        return name

    def example(self) -> Example:
        """Return the example as it is stored. Only of a valid form."""
        raise NotImplementedError


class TextForm(ExampleForm):
    text = forms.CharField(
        label=gettext_lazy("The example in JSON"),
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Facts in, dates out: rules, stays or permit, the day (on), and what is expected (expect)."
        ),
    )

    def clean_text(self) -> Example:
        try:
            example = read_json(self.cleaned_data["text"])
        except json.JSONDecodeError as error:
            raise forms.ValidationError(
                _("This cannot be read as JSON: line %(line)s, column %(column)s."),
                params={"line": error.lineno, "column": error.colno},
            ) from error
        except NestedTooDeeply as error:
            raise forms.ValidationError(_("This is nested too deeply to be an example.")) from error
        except ValueError as error:
            raise forms.ValidationError(_("This holds a number or a text that nobody can store.")) from error
        if not isinstance(example, dict):
            raise forms.ValidationError(_("An example is an object in braces: { … }."))
        return example

    def example(self) -> Example:
        return {"id": self.cleaned_data["name"]} | {
            name: value for name, value in self.cleaned_data["text"].items() if name != "id"
        }


class FactsForm(ExampleForm):
    """Facts as fields. The rule of the example is the rule of the draft, as it is now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = KEYS[Kind(self.rule.kind)]
        for key in self.keys:
            self.fields[f"expect_{key}"] = forms.CharField(label=LABELS[key], required=False, max_length=20)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for key in self.keys:
            name = f"expect_{key}"
            if name in cleaned:
                try:
                    cleaned[name] = _expected(cleaned[name])
                except ValueError:
                    self.add_error(name, _("Write a day such as 2026-03-31, a number, yes, no, or none."))
        return cleaned

    def expect(self) -> Example:
        typed = {key: self.cleaned_data[f"expect_{key}"] for key in self.keys}
        return {key: value[0] for key, value in typed.items() if value}

    def example(self) -> Example:
        rule = proof.as_in_examples(Kind(self.rule.kind), self.rule.parameters, self.rule.jurisdiction_id)
        example = {"id": self.cleaned_data["name"], "rules": [rule], **self.facts()}
        return example | ({"expect": expect} if (expect := self.expect()) else {})

    def facts(self) -> Example:
        raise NotImplementedError

    @property
    def expected(self) -> list[forms.BoundField]:
        return [self[f"expect_{key}"] for key in self.keys]


class StaysForm(FactsForm):
    shape = STAYS

    on = forms.DateField(
        label=gettext_lazy("The day that is asked about"),
        widget=DayInput,
        help_text=gettext_lazy("A stay without an exit lasts to this day."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = _stay_rows(self.data if self.is_bound else self.initial)
        for number in range(1, self.count + 1):
            for side, label in (("entry", _("Entry %(number)s")), ("exit", _("Exit %(number)s"))):
                self.fields[f"stay_{number}_{side}"] = forms.DateField(
                    label=label % {"number": number}, widget=DayInput, required=False
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rows = [(cleaned.get(f"stay_{n}_entry"), cleaned.get(f"stay_{n}_exit"), n) for n in range(1, self.count + 1)]
        for entry, left, number in rows:
            if left and not entry and f"stay_{number}_entry" not in self.errors:
                self.add_error(f"stay_{number}_entry", _("Give the day of entry too."))
            elif entry and left and left < entry:
                self.add_error(f"stay_{number}_exit", _("The exit is before the entry."))
        return cleaned

    def facts(self) -> Example:
        cleaned = self.cleaned_data
        pairs = ((cleaned.get(f"stay_{n}_entry"), cleaned.get(f"stay_{n}_exit")) for n in range(1, self.count + 1))
        stays = [
            {"entry": entry.isoformat(), "exit": left.isoformat() if left else None} for entry, left in pairs if entry
        ]
        return {"stays": stays, "on": cleaned["on"].isoformat()}

    @property
    def stays(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(n, self[f"stay_{n}_entry"], self[f"stay_{n}_exit"]) for n in range(1, self.count + 1)]


class FromForm(FactsForm):
    shape = FROM

    since = forms.DateField(label=gettext_lazy("Counted from"), widget=DayInput)
    on = forms.DateField(label=gettext_lazy("The day that is asked about"), widget=DayInput, required=False)

    def facts(self) -> Example:
        return {"from": self.cleaned_data["since"].isoformat()} | _asked(self.cleaned_data["on"])


class PermitForm(FactsForm):
    shape = PERMIT

    valid_until = forms.DateField(label=gettext_lazy("The permit is valid until"), widget=DayInput)
    on = forms.DateField(label=gettext_lazy("The day that is asked about"), widget=DayInput, required=False)

    def facts(self) -> Example:
        return {"permit": {"valid_until": self.cleaned_data["valid_until"].isoformat()}} | _asked(
            self.cleaned_data["on"]
        )


_FORMS: dict[str, type[ExampleForm]] = {STAYS: StaysForm, FROM: FromForm, PERMIT: PermitForm, TEXT: TextForm}


def form_for(rule: Rule, example: object, *, as_text: bool) -> type[ExampleForm]:
    """Return the form in which an example of this rule is edited; None: a new example."""
    shape = SHAPES.get(Kind(rule.kind), TEXT)
    if as_text or shape == TEXT or (example is not None and not _fits(example, shape, rule)):
        return TextForm
    return _FORMS[shape]


def initial_of(form: type[ExampleForm], rule: Rule, example: object, new_name: str) -> dict[str, Any]:
    """Return what the form shows of an example, or of a new one."""
    if not isinstance(example, Mapping):
        stated = proof.as_in_examples(Kind(rule.kind), rule.parameters, rule.jurisdiction_id)
        return {"name": new_name, "text": _pretty({"rules": [stated], "stays": [], "on": "", "expect": {}})}
    initial = {"name": str(example.get("id", new_name))}
    if form is TextForm:
        return initial | {"text": _pretty({name: value for name, value in example.items() if name != "id"})}
    expect = example.get("expect") or {}
    initial |= {f"expect_{key}": _shown(value) for key, value in expect.items()}
    for number, stay in enumerate(example.get("stays", ()), start=1):
        initial |= {f"stay_{number}_entry": stay["entry"], f"stay_{number}_exit": stay.get("exit") or ""}
    permit = example.get("permit") or {}
    days = {"on": example.get("on"), "since": example.get("from"), "valid_until": permit.get("valid_until")}
    return initial | {name: day for name, day in days.items() if day}


def in_words(value: object) -> str:
    """Return a computed or expected answer for a reader."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _("no value") if value is None else str(value)


def _fits(example: object, shape: str, rule: Rule) -> bool:
    """Say whether fields can hold the whole example: no word of it may be lost by opening it."""
    if not isinstance(example, Mapping) or not set(example) <= _KNOWN[shape]:
        return False
    rules, kind = example.get("rules"), Kind(rule.kind)
    if not isinstance(rules, list) or len(rules) != 1 or not isinstance(rules[0], Mapping) or "note" in rules[0]:
        return False
    stated = {name: value for name, value in rules[0].items() if name != "kind"}
    of_draft = proof.as_in_examples(kind, rule.parameters, rule.jurisdiction_id)
    if rules[0].get("kind") != kind or proof.as_in_examples(kind, stated, rule.jurisdiction_id) != of_draft:
        return False
    expect = example.get("expect") or {}
    if not isinstance(expect, Mapping) or not set(expect) <= set(KEYS[kind]):
        return False
    permit = example.get("permit", {"valid_until": ""})
    if not isinstance(permit, Mapping) or set(permit) != {"valid_until"}:
        return False
    stays = example.get("stays", [])
    return isinstance(stays, list) and len(stays) <= MOST_STAYS and all(_is_plain(stay) for stay in stays)


def _is_plain(stay: object) -> bool:
    return isinstance(stay, Mapping) and "entry" in stay and set(stay) <= {"entry", "exit"}


def _stay_rows(values: Mapping[str, Any]) -> int:
    """Return how many rows of stays the form has: those filled in, and some blank ones after them."""
    numbers = {int(found[1]): value for name, value in values.items() if (found := _STAY.fullmatch(name))}
    filled = max((number for number, value in numbers.items() if value), default=0)
    return min(max(filled + BLANK_STAYS, max(numbers, default=0)), MOST_STAYS)


def _expected(typed: str) -> tuple[Any] | None:
    """Return what was typed as the answer that is expected; None where nothing is. Raises ValueError."""
    text = typed.strip().casefold()
    if not text:
        return None
    if text in _NONE:
        return (None,)
    if text in _YES:
        return (True,)
    if text in _NO:
        return (False,)
    if _DAY.fullmatch(text):
        return (date.fromisoformat(text).isoformat(),)
    return (int(text),)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _asked(on: date | None) -> Example:
    return {"on": on.isoformat()} if on else {}


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
