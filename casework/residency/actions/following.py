"""Following a change of rules: whom it does not concern is of the new state without being computed."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from casework.clients.models import Client

from ..freshness import forget_comparisons, moved_since, note_state, rules_now
from ..models import ComputedPosition, RulesState
from ..rulebook import rules_version

# So many rows are written at once, so that nobody who computes one of them waits for long.
AT_ONCE = 5_000


def concerned_by(client_ids: Collection[UUID], scopes: Collection[str]) -> QuerySet[Client]:
    """Return those of the people for whom rules that differ in these scopes may give other answers.

    Everybody else has the same answers by both: nothing that their facts lead to has changed. Who was not computed
    from the facts of now is among them, because it is not known what those lead to.
    """
    return Client.objects.filter(pk__in=client_ids).filter(
        Q(computed_position__isnull=True)
        | ~Q(computed_position__facts_version=F("facts_version"))
        | Q(computed_position__looked_at__isnull=True)
        | Q(computed_position__looked_at__overlap=sorted(scopes))
    )


def follow_rules() -> int:
    """Write down that positions which rest on nothing that has changed are of the rules of now; return how many.

    Nothing depends on it: they are of now without it too. It keeps few states on record, and the question short.
    """
    moved = moved_since(rules_version())
    if not moved:
        return 0
    version, book = rules_now()
    moved, followed = moved_since(version), 0
    note_state(version, book)  # the next change is compared with it
    for earlier, scopes in moved.items():
        behind = ComputedPosition.objects.filter(rules_version=earlier, looked_at__isnull=False).exclude(
            looked_at__overlap=sorted(scopes)
        )
        # Whoever is being computed right now is left to that.
        while rows := _note_some(behind, version):
            followed += rows
    _forget_unused_states(version)
    return followed


@transaction.atomic
def _note_some(behind: QuerySet[ComputedPosition], version: int) -> int:
    some = behind.select_for_update(skip_locked=True).values("pk")[:AT_ONCE]
    return behind.filter(pk__in=some).update(rules_version=version)


def _forget_unused_states(version: int) -> None:
    used = ComputedPosition.objects.filter(rules_version=OuterRef("version"))
    RulesState.objects.exclude(version=version).exclude(Exists(used)).delete()
    forget_comparisons()
