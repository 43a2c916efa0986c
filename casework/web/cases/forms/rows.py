"""What the forms share that make a row or change one."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from casework.lib.ids import new_id
from casework.web.conflicts import (
    Difference,
    Digests,
    Side,
    digest,
    in_words,
    read_digests,
    who_changed,
    write_digests,
)
from casework.web.forms.layouts import stacked

# What the form showed when it was opened, and what was stored when a conflict was shown, as digests a field.
OPENED, SHOWN = "as_opened", "as_shown"
# By this the choices of a conflict are known, each with the name of its field.
KEEP = "keep_"
FORM_ONLY = ("id", "version", OPENED, SHOWN)


class RowForm(forms.Form):
    """`id` names a new row, so that a form sent twice makes one; `version` says which state of a row was read.

    Where somebody else stored another state meanwhile, the form shows both and takes a choice for each field that differs
    (`casework.web.conflicts`). What was chosen counts only while that is still what is stored; else it asks once more.
    """

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    as_opened = forms.CharField(widget=forms.HiddenInput, required=False)
    as_shown = forms.CharField(widget=forms.HiddenInput, required=False)

    # What somebody else stored meanwhile, beside what was typed; None as long as nobody did.
    differences: list[Difference] | None = None
    # The draft that is kept of it while somebody types: a casework.web.drafts.of_form.FormDraft.
    draft: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._typed: dict[str, Any] = {}
        if "version" not in self.initial:
            del self.fields[OPENED], self.fields[SHOWN]

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """Return what the form shows of a row, with its version."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """Return what the action takes, without what only the form needs."""
        return {name: value for name, value in self.cleaned_data.items() if name not in FORM_ONLY}

    @property
    def version_read(self) -> int:
        """The version that was read when the form was opened; 0, which no row has, if it does not say."""
        return self.cleaned_data["version"] or 0

    # Whether the template that writes the `<form>` gives it the id of the helper, so that choices above can belong to it.
    template_names_form = False

    @property
    def takes_choices(self) -> bool:
        """Whether a choice is taken for each field; a form whose template writes the `<form>` shows both side by side."""
        helper = getattr(self, "helper", None)
        return bool(self.differences) and helper is not None and (bool(helper.form_tag) or self.template_names_form)

    @property
    def conflicts(self) -> list[Difference]:
        """The fields that both changed: only whoever writes can choose."""
        return [each for each in self.differences or () if each.is_conflict]

    @property
    def chosen_already(self) -> list[Difference]:
        """The fields that one of the two changed: theirs or mine is offered."""
        return [each for each in self.differences or () if not each.is_conflict]

    def show_theirs(self, row: Any) -> None:
        """Put what is stored now beside what was typed, and ask which of the two to keep."""
        stored = self.initial_of(row)
        self._show(self._compare(stored))
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # of the form that this is mixed into
        data[self.add_prefix("version")] = str(stored["version"])
        if self.takes_choices:
            data[self.add_prefix(SHOWN)] = write_digests(self._digests(stored))
        self.data = data

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Return what an unsent form shows. A draft that was kept amid a conflict leads to that conflict again."""
        if field_name == OPENED and OPENED not in self.initial:
            return write_digests(self._digests(self.initial))
        if self.initial.get(SHOWN) and field_name in ("version", SHOWN):
            return 0 if field_name == "version" else ""
        return super().get_initial_for_field(field, field_name)

    def _clean_fields(self) -> None:
        """Clean each field; amid a conflict, take what is stored where that was chosen, before the form cleans the whole."""
        self._typed = {}
        super()._clean_fields()  # type: ignore[misc]  # of the form that this is mixed into
        if not (shown := self._sent_digests(SHOWN)) or self.cleaned_data.get("version") != self.initial.get("version"):
            return
        stored = {name: value for name, value in self.initial.items() if name in shown}
        found = self._compare(stored)
        self._show(found)
        for each in found:
            if each.choice == Side.THEIRS:
                self._errors.pop(each.name, None)  # type: ignore[attr-defined]  # likewise
                self.cleaned_data[each.name] = self._as_cleaned(each.name, stored[each.name])
        if open_ones := [each.label for each in found if each.choice is None]:
            self.add_error(None, _("Choose what to keep: %(fields)s.") % {"fields": ", ".join(open_ones)})

    def _show(self, found: list[Difference]) -> None:
        """Offer the choices, which stand above the form and belong to it by its id."""
        self.differences = found
        if self.takes_choices:
            self.helper: Any = copy(self.helper)
            self.helper.form_id = self.helper.form_id or "to-merge"

    def _compare(self, stored: Mapping[str, Any]) -> list[Difference]:
        """Return the fields in which what was typed differs from what is stored."""
        self._typed = self._typed or dict(self.cleaned_data)
        opened, shown, theirs = self._sent_digests(OPENED), self._sent_digests(SHOWN), self._digests(stored)
        found = []
        for name, their_digest in theirs.items():
            bound = self[name]
            is_read = name in self._typed
            mine = self._typed.get(name)
            my_digest = digest(name, mine) if is_read else ""
            if my_digest == their_digest:
                continue
            changed_by = who_changed(opened.get(name), their_digest, my_digest)
            choice = self._choice(name) if shown.get(name) == their_digest else None
            found.append(
                Difference(
                    name=name,
                    label=str(bound.label),
                    theirs=in_words(bound, stored[name]),
                    mine=in_words(bound, mine) if is_read else _("see below: it was refused"),
                    changed_by=changed_by,
                    choice=choice or changed_by,
                )
            )
        return found

    def _choice(self, name: str) -> Side | None:
        sent = self.data.get(self.add_prefix(KEEP + name), "")
        return Side(sent) if sent in list(Side) else None

    def _sent_digests(self, name: str) -> Digests:
        return read_digests(self.data.get(self.add_prefix(name), "")) if name in self.fields else {}

    def _digests(self, shown: Mapping[str, Any]) -> Digests:
        """Return a digest of each value that the reader sees in this form."""
        fields: dict[str, forms.Field] = self.fields
        names = [name for name, field in fields.items() if name in shown and not field.widget.is_hidden]
        return {name: digest(name, self._as_compared(name, shown[name])) for name in names}

    def _as_compared(self, name: str, value: Any) -> Any:
        """Return a stored value in the shape in which a typed one is compared. Rows are compared by their ids, unasked."""
        field = self.fields[name]
        if isinstance(field, forms.ModelMultipleChoiceField):
            return {each.pk if hasattr(each, "pk") else each for each in value or ()}
        return value if isinstance(field, forms.ModelChoiceField) else self._as_cleaned(name, value)

    def _as_cleaned(self, name: str, value: Any) -> Any:
        """Return a stored value as if it had been typed; as it is, if the form would not take it any more."""
        field = self.fields[name]
        before = self.__dict__.get("cleaned_data")
        try:
            cleaned = field.clean(field.prepare_value(value))
            if (hook := getattr(self, f"clean_{name}", None)) is None:
                return cleaned
            self.cleaned_data = {**(before or {}), name: cleaned}
            return hook()
        except (ValidationError, KeyError):
            return value
        finally:
            self.__dict__.pop("cleaned_data", None)
            if before is not None:
                self.cleaned_data = before


class ResumeForm(RowForm):
    """Something that has ended goes on: nothing to fill in, it carries the version."""

    def __init__(self, *args: Any, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = stacked(act)

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """Return the version of a row."""
        return {"version": row.version}
