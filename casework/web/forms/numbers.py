"""Numbers as people type them: 16.5 and 16,5, 12 500 and 12 500,50."""

import re
from typing import Any

from django import forms

# What groups digits: spaces of every width, and the apostrophe of calculators.
_GROUPING = re.compile(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))")


class NumberField(forms.DecimalField):
    """A decimal number with a point or a comma. Where both stand, or a comma stands twice, it is refused, not guessed."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _GROUPING.sub("", value.strip())
            if "." not in value and value.count(",") == 1:
                value = value.replace(",", ".")
        return super().to_python(value)
