"""A person in a case."""

from datetime import date, datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.history import keeps_history
from casework.lib.dates import Birth
from casework.vault.fields import EncryptedDateField, EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet
from casework.vault.search_form import SearchFormField

from ..access import cases_visible_to
from .case import Case
from .held import kept_while_held

# Counters and folded copies: they change with what they stand for, or whenever something is computed.
BOOKKEEPING = (
    "version",
    "facts_version",
    "facts_changed_at",
    "identity_version",
    "compared_version",
    "search_form",
    "search_xid",
)


class ClientQuerySet(SealedQuerySet["Client"]):
    def visible_to(self, user: User, now: datetime, *, by_token: bool = False) -> "ClientQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__", by_token=by_token))

    def changeable_by(self, user: User, now: datetime) -> "ClientQuerySet":
        return self.filter(cases_visible_to(user, now, prefix="case__", permission=Permission.CASE_CHANGE))

    def in_open_cases(self) -> "ClientQuerySet":
        return self.filter(case__status=Case.Status.OPEN)

    def not_archived(self) -> "ClientQuerySet":
        return self.filter(case__archived_at__isnull=True)

    def to_compare(self) -> "ClientQuerySet":
        """Those who have not been compared with everybody since they were added, or since what identifies them changed."""
        return self.filter(compared_version__lt=models.F("identity_version"))

    def principal_first(self) -> "ClientQuerySet":
        return self.order_by("-is_principal", "created_at", "id")


@keeps_history(but=BOOKKEEPING)
class Client(Sealed):
    class Sex(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")
        OTHER = "other", _("other")
        UNKNOWN = "unknown", _("not recorded")

    class Relation(models.TextChoices):
        PRINCIPAL = "principal", _("principal applicant")
        SPOUSE = "spouse", _("spouse or partner")
        CHILD = "child", _("child")
        PARENT = "parent", _("parent")
        SIBLING = "sibling", _("brother or sister")
        OTHER_RELATIVE = "other_relative", _("other relative")
        UNRELATED = "unrelated", _("not related")

    reference = models.CharField(_("reference"), max_length=9, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="clients", verbose_name=_("case"))
    is_principal = models.BooleanField(_("principal applicant"), default=False)
    relation = models.CharField(
        _("relation to the principal applicant"),
        max_length=20,
        choices=Relation,
        default=Relation.PRINCIPAL,
    )
    family_name = EncryptedTextField(_("family name"), max_length=120, blank=True, default="")
    given_name = EncryptedTextField(_("given name"), max_length=120, blank=True, default="")
    patronymic = EncryptedTextField(_("patronymic"), max_length=120, blank=True, default="")
    # Other spellings and earlier names, one a line; the name in Latin letters as printed in a passport.
    other_names = EncryptedTextField(_("other names"), max_length=400, blank=True, default="")
    # A birth day known exactly has both bounds equal; a birth year has 1 January and 31 December.
    born_earliest = EncryptedDateField(_("born on or after"), null=True, blank=True)
    born_latest = EncryptedDateField(_("born on or before"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex, default=Sex.UNKNOWN)
    nationalities = ArrayField(
        models.CharField(max_length=3), verbose_name=_("nationalities"), default=list, blank=True
    )
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    created_at = models.DateTimeField(_("registered"))
    version = models.PositiveIntegerField(default=1)
    # Raised in the transaction of every change on which a deadline depends; see actions.facts.facts_changed.
    facts_version = models.PositiveIntegerField(default=1)
    facts_changed_at = models.DateTimeField(_("facts changed"), null=True, editable=False)
    # Raised in the transaction of every change of what tells one person from another; see actions.facts.identity_changed.
    identity_version = models.PositiveIntegerField(default=1, editable=False)
    # The identity version that was compared with everybody on record; see lifecycle.duplicates.
    compared_version = models.PositiveIntegerField(default=0, editable=False)
    # The folded names under the search key, for the index in memory; and the transaction that wrote them.
    search_form = SearchFormField(null=True, editable=False)
    search_xid = models.BigIntegerField(db_default=0, editable=False)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(is_principal=True),
                name="case_has_one_principal",
            ),
            models.CheckConstraint(
                name="principal_is_the_relation_principal",
                condition=models.Q(is_principal=True, relation="principal")
                | (models.Q(is_principal=False) & ~models.Q(relation="principal")),
            ),
        ]
        indexes = [
            # Every process of the name index asks for what was written since it last looked.
            models.Index(fields=["search_xid"], name="client_search_xid"),
            # Whom the sweep has still to compare: few, and none most of the time.
            models.Index(
                fields=["id"],
                condition=models.Q(compared_version__lt=models.F("identity_version")),
                name="client_to_compare",
            ),
        ]
        triggers = [
            kept_while_held("case_id"),
            # A save of other columns writes back the number it has loaded; it is the database that knows.
            pgtrigger.Trigger(
                name="stamp_search_xid",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' OR NEW.search_form IS DISTINCT FROM OLD.search_form THEN
                        NEW.search_xid := pg_current_xact_id()::text::bigint;
                    ELSE
                        NEW.search_xid := OLD.search_xid;
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def full_name(self) -> str:
        """The name as staff read it: family name first, as in a passport."""
        parts = (self.family_name, self.given_name, self.patronymic)
        return " ".join(str(part) for part in parts if part) or self.reference

    @property
    def birth_date(self) -> date | None:
        """The birth day if it is known exactly."""
        earliest = self.born_earliest
        return earliest if earliest and earliest == self.born_latest else None

    @property
    def birth(self) -> Birth:
        """The birth as far as it is known: the day, the year, or neither."""
        return Birth.within(self.born_earliest, self.born_latest)
