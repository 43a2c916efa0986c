"""Which edition of this software computed a date: an upgrade that could give another one computes everybody anew.

That is told by the sources themselves, so that nobody has to remember to say so. A change of a comment counts too:
computing once more than needed is the better mistake.
"""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent

# What a stored date comes from, besides the rules themselves: facts read, evaluated, made into rows and answered.
SOURCES = (
    *sorted((HERE / "rules").glob("*.py")),
    *(HERE / f"{name}.py" for name in ("facts", "computing", "standing", "rulebook")),
    *(HERE.parent / "lib" / f"{name}.py" for name in ("working_days", "periods", "dates", "months", "scripts")),
)
PACKAGES = ("holidays", "tzdata")


def _edition() -> str:
    digest = sha256()
    for source in SOURCES:
        digest.update(source.read_bytes())
    for package in PACKAGES:
        digest.update(f"{package} {_version(package)}".encode())
    return digest.hexdigest()


def _version(package: str) -> str:
    """Return the version of a package, "" where the system brings what it would."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


COMPUTED_WITH = _edition()
