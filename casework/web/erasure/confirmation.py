"""The paper that confirms an erasure to whoever was erased: what went, what is kept and why. No name is known any more."""

from collections.abc import Iterable

from casework.accounts.actions.organisation import organisation
from casework.clients.models import Erasure

# What the paper names of its own, by the part of the program whose tables they are. All else is what was written about the person.
KINDS = {"documents": "papers", "files": "papers", "residency": "stays", "housing": "housing", "reminders": "messages"}


def number_of(erasure: Erasure) -> str:
    """Return by what the paper and the page are found together; it tells nothing of the person."""
    return f"E-{str(erasure.pk)[-8:].upper()}"


def went(erasure: Erasure) -> set[str]:
    """Return the kinds of what is gone, of those that the paper names only where there was any."""
    kinds = {KINDS[part] for part in _parts(erasure.counts) if part in KINDS}
    return kinds | ({"keys"} if erasure.counts.get("keys") or erasure.remains.get("vault.DataKey") else set())


def office() -> list[str]:
    """Return who we are and whom to write to about data, as far as it is recorded."""
    ours = organisation()
    lines = [ours.name, *ours.address.splitlines(), *ours.data_contact.splitlines()]
    return [line.strip() for line in lines if line.strip()]


def _parts(counts: dict[str, int]) -> Iterable[str]:
    return (label.split(".")[0] for label, count in counts.items() if count)
