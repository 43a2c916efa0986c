"""When rules were last found to be true: the latest of what their writers say, of who read again, and of their sources."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from .models import Citation, Rule, Verification

STALE_AFTER_DAYS = 180


def with_verified_on(rules: QuerySet[Rule]) -> QuerySet[Any]:
    """Annotate `verified_on`: None where nobody ever read anything."""
    again = Verification.objects.standing().filter(rule=OuterRef("pk")).order_by("-read_on").values("read_on")[:1]
    cited = (
        Citation.objects.filter(rule=OuterRef("pk")).order_by().values("rule").annotate(latest=Max("read_on"))
    ).values("latest")
    # PostgreSQL leaves out what is null.
    return rules.annotate(verified_on=Greatest(F("last_verified_on"), Subquery(again), Subquery(cited)))


def verified_on_of(ids: Iterable[int]) -> dict[int, date | None]:
    """Return when each of these rules was last found to be true. One query."""
    return {rule.pk: rule.verified_on for rule in with_verified_on(Rule.objects.filter(pk__in=list(ids)))}
