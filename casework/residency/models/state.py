"""What the rules said, country by country, when deadlines were computed from them."""

from django.db import models


class RulesState(models.Model):
    """One state of the rules from which stored deadlines were computed, found again by its version.

    `digests`: scope -> digest of everything that the rules said of it (`rules.scopes`). So of a deadline that was
    computed from an earlier state it is known whether anything that it rests on has changed since. A state that
    is not on record can be compared with nothing: what was computed from it is computed anew.
    `computed_with`: the edition of this software; states of two editions are not compared.
    """

    version = models.BigIntegerField(primary_key=True)
    computed_with = models.CharField(max_length=64)
    digests = models.JSONField()

    def __str__(self) -> str:
        return f"#{self.pk}"
