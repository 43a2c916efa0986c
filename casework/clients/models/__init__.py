from .address import Address
from .case import Case, CaseMember
from .client import Client
from .complaint import Complaint, ComplaintPerson, ComplaintStep
from .contact import Contact
from .note import Note
from .partner import Partner, PartnerService, ServiceKind, Share
from .referral import DeclineReason, Referral, ReferralPerson, ReferralStep, Urgency
from .referral_in import IncomingReferral
from .relation import Relation
from .todo import ToDo
from .transfer import Transfer

__all__ = [
    "Address",
    "Case",
    "CaseMember",
    "Client",
    "Complaint",
    "ComplaintPerson",
    "ComplaintStep",
    "Contact",
    "DeclineReason",
    "IncomingReferral",
    "Note",
    "Partner",
    "PartnerService",
    "Referral",
    "ReferralPerson",
    "ReferralStep",
    "Relation",
    "ServiceKind",
    "Share",
    "ToDo",
    "Transfer",
    "Urgency",
]
