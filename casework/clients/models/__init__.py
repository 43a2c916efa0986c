from .address import Address
from .case import Case, CaseMember
from .client import Client
from .contact import Contact
from .note import Note
from .relation import Relation
from .todo import ToDo
from .transfer import Transfer

__all__ = ["Address", "Case", "CaseMember", "Client", "Contact", "Note", "Relation", "ToDo", "Transfer"]
