"""Papers, where their originals are, and what pictures of them we keep."""

from .custody import Custody
from .document import Document
from .document_type import DocumentType
from .scan import Scan, ScanPage

__all__ = ["Custody", "Document", "DocumentType", "Scan", "ScanPage"]
