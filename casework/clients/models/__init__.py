from .address import Address
from .case import Case, CaseMember
from .client import Client
from .contact import Contact
from .note import Note
from .todo import ToDo

__all__ = ["Address", "Case", "CaseMember", "Client", "Contact", "Note", "ToDo"]
