"""What the forms share that make a row or change one."""

from typing import Any

from django import forms

from casework.lib.ids import new_id
from casework.web.conflicts import Difference, differences


class RowForm(forms.Form):
    """`id` names a new row, so that a form sent twice makes one; `version` says which state of a row was read."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=new_id)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    # What somebody else stored meanwhile, beside what was typed; None as long as nobody did.
    differences: list[Difference] | None = None

    @staticmethod
    def initial_of(row: Any) -> dict[str, Any]:
        """Return what the form shows of a row, with its version."""
        raise NotImplementedError

    def values(self) -> dict[str, Any]:
        """Return what the action takes, without what only the form needs."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("id", "version")}

    @property
    def version_read(self) -> int:
        """The version that was read when the form was opened; 0, which no row has, if it does not say."""
        return self.cleaned_data["version"] or 0

    def show_theirs(self, row: Any) -> None:
        """Put what is stored now beside what was typed; sent again, what was typed replaces it."""
        stored = self.initial_of(row)
        version = stored.pop("version")
        self.differences = differences(self, stored)
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("version")] = str(version)
        self.data = data
