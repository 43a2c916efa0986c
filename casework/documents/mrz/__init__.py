"""The machine-readable lines at the foot of passports, cards and visas, as ICAO Doc 9303 and Russia define them. Pure.

`read(text, today)` takes what somebody typed or pasted and answers a `Reading`, whatever it was: what could be read and
is backed by its check digit, and `Problem`s that say which line and position to compare. It never raises.
"""

from .problems import Problem
from .reading import Reading, read

__all__ = ["Problem", "Reading", "read"]
