from .address import Address
from .case import Case, CaseMember
from .client import Client
from .contact import Contact
from .note import Note

__all__ = ["Address", "Case", "CaseMember", "Client", "Contact", "Note"]
