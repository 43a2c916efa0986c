"""Papers, where their originals are, and what pictures of them we keep."""

from .document import Document

__all__ = ["Document"]
