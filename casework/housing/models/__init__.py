from .block import BedBlock
from .placement import Placement
from .site import Site, SiteTeam
from .unit import Bed, Unit

__all__ = ["Bed", "BedBlock", "Placement", "Site", "SiteTeam", "Unit"]
