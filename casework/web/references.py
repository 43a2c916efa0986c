"""Codes of cases and references of people in addresses: anything else is no address."""

from django.urls import register_converter

from casework.lib.ids import REFERENCE_ALPHABET

PART = f"[{REFERENCE_ALPHABET}]{{3}}"


class ReferenceConverter:
    """`K7Q-3F9`, the reference of a person."""

    regex = f"{PART}-{PART}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class CodeConverter(ReferenceConverter):
    """`C-K7Q-3F9`, the code of a case."""

    regex = f"C-{PART}-{PART}"


register_converter(ReferenceConverter, "reference")
register_converter(CodeConverter, "code")
