"""The machine-readable lines of a document fill a form, which a person compares and sends. The lines are stored nowhere."""

from .filling import DOCUMENT, INTAKE, PERSON, LinesPanel, Target, keep_typed, read_lines, sent_data

__all__ = ["DOCUMENT", "INTAKE", "PERSON", "LinesPanel", "Target", "keep_typed", "read_lines", "sent_data"]
