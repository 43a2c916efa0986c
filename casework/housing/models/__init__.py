from .block import BedBlock
from .host import HostOffer, SafetyNote
from .lease import Lease, LeaseRent
from .placement import Placement
from .site import Site, SiteTeam
from .unit import Bed, Unit
from .waiting import BedOffer, HousingRequest, RequestPerson, TurnAway

__all__ = [
    "Bed",
    "BedBlock",
    "BedOffer",
    "HostOffer",
    "HousingRequest",
    "Lease",
    "LeaseRent",
    "Placement",
    "RequestPerson",
    "SafetyNote",
    "Site",
    "SiteTeam",
    "TurnAway",
    "Unit",
]
