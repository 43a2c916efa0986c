from .address import Address
from .appointment import Appointment, AppointmentPerson
from .case import Case, CaseMember
from .client import Client
from .complaint import Complaint, ComplaintPerson, ComplaintStep
from .consent import Consent
from .contact import Contact
from .contact_stop import ContactStop
from .duplicate import SuspectedPair
from .emergency import EmergencyAccess, EmergencySeen
from .erasure import ErasedPerson, Erasure, LegalHold, RetentionPeriod
from .hand_over import HandOver
from .importing import Import, ImportMemory, ImportRow
from .merge import Merge, MergedRow
from .need import Assessment, Need
from .never_contact import NeverContact
from .note import EarlierNote, Note, NotePerson
from .partner import Partner, PartnerService, ServiceKind, Share
from .programme import CaseProgramme, Programme
from .referral import DeclineReason, Referral, ReferralPerson, ReferralStep, Urgency
from .referral_in import IncomingReferral
from .relation import Relation
from .score import Answers, Scheme, SchemeVersion, Score
from .service import Service, ServicePerson
from .sight import CaseSight, SightNotice
from .timed_access import TimedAccess
from .todo import ToDo
from .transfer import Transfer

__all__ = [
    "Address",
    "Answers",
    "Appointment",
    "AppointmentPerson",
    "Assessment",
    "Case",
    "CaseMember",
    "CaseProgramme",
    "CaseSight",
    "Client",
    "Complaint",
    "ComplaintPerson",
    "ComplaintStep",
    "Consent",
    "Contact",
    "ContactStop",
    "DeclineReason",
    "EarlierNote",
    "EmergencyAccess",
    "EmergencySeen",
    "ErasedPerson",
    "Erasure",
    "HandOver",
    "Import",
    "ImportMemory",
    "ImportRow",
    "IncomingReferral",
    "LegalHold",
    "Merge",
    "MergedRow",
    "Need",
    "NeverContact",
    "Note",
    "NotePerson",
    "Partner",
    "PartnerService",
    "Programme",
    "Referral",
    "ReferralPerson",
    "ReferralStep",
    "Relation",
    "RetentionPeriod",
    "Scheme",
    "SchemeVersion",
    "Score",
    "Service",
    "ServiceKind",
    "ServicePerson",
    "Share",
    "SightNotice",
    "TimedAccess",
    "ToDo",
    "Transfer",
    "Urgency",
]
__all__ = ["Address", "Case", "CaseMember", "Client", "Contact", "Note", "SuspectedPair", "ToDo"]
