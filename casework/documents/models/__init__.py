"""Papers, where their originals are, and what pictures of them we keep."""

from .custody import Custody
from .document import Document
from .document_type import DocumentType

__all__ = ["Custody", "Document", "DocumentType"]
