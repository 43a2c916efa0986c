"""Country rules as dated, cited rows in two time axes: when it is law, and when we held it to be so."""

from datetime import date, datetime

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    DateRangeField,
    DateTimeRangeField,
    RangeOperators,
)
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User

from ..rules.kinds import (
    DUTY_LABELS,
    KIND_LABELS,
)
from ..rules.kinds import (
    AppliesTo as AppliesToCode,
)
from ..rules.kinds import (
    LegalStatus as LegalStatusCode,
)
from ..rules.kinds import (
    ReviewStatus as ReviewStatusCode,
)


class Jurisdiction(models.Model):
    """A country or a zone of countries that has rules of its own."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("country")
        ZONE = "zone", _("zone")

    code = models.CharField(_("code"), max_length=16, primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.COUNTRY)
    name = models.CharField(_("name"), max_length=80, blank=True, default="", help_text=_("Only for zones."))
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("country or zone")
        verbose_name_plural = _("countries and zones")

    def __str__(self) -> str:
        return self.code


class NationalityGroup(models.Model):
    """A group of nationalities that rules may speak of, such as EAEU."""

    code = models.CharField(_("code"), max_length=16, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    nationalities = ArrayField(models.CharField(max_length=3), verbose_name=_("nationalities"))

    class Meta:
        verbose_name = _("group of nationalities")
        verbose_name_plural = _("groups of nationalities")

    def __str__(self) -> str:
        return self.code


# Deadlines lie within these years; beyond them a day is a slip of the pen.
FIRST_CALENDAR_YEAR, LAST_CALENDAR_YEAR = 1990, 2100


class CalendarDay(models.Model):
    """A day on which the calendar of a country differs from the `holidays` package."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="calendar_days")
    day = models.DateField(_("day"))
    is_working_day = models.BooleanField(_("working day"))
    reason = models.CharField(_("reason"), max_length=160)
    source_title = models.CharField(_("source"), max_length=240, blank=True, default="")
    source_url = models.CharField(_("address of the source"), max_length=600, blank=True, default="")
    source_read_on = models.DateField(_("source read on"), null=True, blank=True)
    # The same for the two days of a swap: one is worked instead of the other.
    swap = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("exceptional day")
        verbose_name_plural = _("exceptional days")
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "day"], name="calendar_day_once"),
            models.UniqueConstraint(
                fields=["swap", "is_working_day"],
                condition=Q(swap__isnull=False),
                name="calendar_swap_of_one_day_worked_and_one_off",
            ),
            ExclusionConstraint(
                name="calendar_swap_within_one_country",
                expressions=[("swap", RangeOperators.EQUAL), ("jurisdiction", RangeOperators.NOT_EQUAL)],
                condition=Q(swap__isnull=False),
            ),
            models.CheckConstraint(
                name="calendar_day_within_the_years",
                condition=Q(
                    day__gte=date(FIRST_CALENDAR_YEAR, 1, 1),
                    day__lte=date(LAST_CALENDAR_YEAR, 12, 31),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.day}"


# Rules that agree in these say one thing at a time. The exclusion constraint below holds the same list.
SAME = (
    "jurisdiction_id",
    "duty",
    "nationality",
    "age_from",
    "age_below",
    "document_kind",
    "purpose",
    "legal_basis",
    "part",
    "is_exception",
)


class RuleQuerySet(models.QuerySet["Rule"]):
    def published(self) -> "RuleQuerySet":
        return self.filter(published_at__isnull=False)

    def drafts(self) -> "RuleQuerySet":
        return self.filter(published_at__isnull=True)

    def held_at(self, known_at: datetime) -> "RuleQuerySet":
        """Those that we held to be law or practice at `known_at`."""
        return self.published().filter(known__contains=known_at)

    def held_now(self) -> "RuleQuerySet":
        return self.published().filter(known__upper_inf=True)

    def held_after(self, now: datetime) -> "RuleQuerySet":
        """Those that we still hold, or mean to hold, at some instant from `now`."""
        return self.published().filter(known__overlap=DateTimeTZRange(now, None))

    def about_the_same_as(self, rule: "Rule") -> "RuleQuerySet":
        """Those that speak to the same people about the same duty: of these, one may hold at a time."""
        return self.filter(**{name: getattr(rule, name) for name in SAME})

    def valid_on(self, day: date) -> "RuleQuerySet":
        return self.filter(valid__contains=day)


class Rule(models.Model):
    """A draft until `published_at` is set; from then on only its `known` may be closed."""

    class AppliesTo(models.TextChoices):
        ENTRIES_FROM = AppliesToCode.ENTRIES_FROM.value, _("entries from the first day of validity")
        EACH_DAY = AppliesToCode.EACH_DAY.value, _("each day of a stay by the law of that day")
        COHORT = AppliesToCode.COHORT.value, _("a group of people with an end of its own")
        DOCUMENT_VALID_ON = (
            AppliesToCode.DOCUMENT_VALID_ON.value,
            _("papers issued or valid on the days of validity"),
        )

    class LegalStatus(models.TextChoices):
        PROPOSED = LegalStatusCode.PROPOSED.value, _("proposed")
        ANNOUNCED = LegalStatusCode.ANNOUNCED.value, _("announced")
        ADOPTED = LegalStatusCode.ADOPTED.value, _("adopted")
        IN_FORCE = LegalStatusCode.IN_FORCE.value, _("in force")
        SUSPENDED = LegalStatusCode.SUSPENDED.value, _("suspended")
        PRACTICE = LegalStatusCode.PRACTICE.value, _("practice")

    class ReviewStatus(models.TextChoices):
        REVIEWED = ReviewStatusCode.REVIEWED.value, _("reviewed")
        PROVISIONAL = ReviewStatusCode.PROVISIONAL.value, _("provisional")
        NEEDS_REVIEW = ReviewStatusCode.NEEDS_REVIEW.value, _("needs review")

    key = models.SlugField(_("key"), max_length=80, help_text=_("The same in every version."))
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="rules", verbose_name=_("country or zone")
    )
    duty = models.CharField(_("duty"), max_length=24, choices=[(d.value, _(label)) for d, label in DUTY_LABELS.items()])
    kind = models.CharField(_("kind"), max_length=32, choices=[(k.value, _(label)) for k, label in KIND_LABELS.items()])
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    nationality = models.CharField(_("nationality"), max_length=16, default="*")
    age_from = models.PositiveSmallIntegerField(_("age from"), default=0)
    age_below = models.PositiveSmallIntegerField(_("age below"), default=200)
    document_kind = models.CharField(_("document"), max_length=40, blank=True, default="")
    purpose = models.CharField(_("purpose"), max_length=10, blank=True, default="")
    legal_basis = models.CharField(_("legal basis"), max_length=12, blank=True, default="")
    part = models.CharField(
        _("part"),
        max_length=24,
        blank=True,
        default="",
        help_text=_("Tells rules apart that speak to the same people about the same duty."),
    )
    is_exception = models.BooleanField(
        _("exception"),
        default=False,
        help_text=_(
            "On its days it takes the place of the rule that speaks to the same people about the same duty, with the "
            "same part; on the day after its last that rule holds again. For seasons and temporary rules."
        ),
    )
    valid = DateRangeField(_("valid"))
    known = DateTimeRangeField(_("known"), null=True, blank=True, editable=False)
    applies_to = models.CharField(_("applies to"), max_length=20, choices=AppliesTo, default=AppliesTo.ENTRIES_FROM)
    days_before_commencement_count = models.BooleanField(_("days before commencement count"), null=True, blank=True)
    legal_status = models.CharField(_("legal status"), max_length=12, choices=LegalStatus, default=LegalStatus.IN_FORCE)
    review_status = models.CharField(
        _("review status"), max_length=14, choices=ReviewStatus, default=ReviewStatus.PROVISIONAL
    )
    published_on = models.DateField(_("published by the state on"), null=True, blank=True)
    last_verified_on = models.DateField(_("last verified on"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, default="")
    worked_examples = models.JSONField(
        _("worked examples"),
        default=list,
        blank=True,
        help_text=_(
            "A list of cases: facts in, dates out. Without one that passes, no rule that computes is reviewed."
        ),
    )
    reference_rows = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, editable=False)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="superseded_by", editable=False, verbose_name=_("supersedes")
    )
    # Everybody who wrote in the draft: none of them may say that it was reviewed.
    authors = ArrayField(models.UUIDField(), default=list, blank=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(_("published here at"), null=True, editable=False)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            ExclusionConstraint(
                name="rule_says_one_thing_at_a_time",
                expressions=[
                    ("jurisdiction", RangeOperators.EQUAL),
                    ("duty", RangeOperators.EQUAL),
                    ("nationality", RangeOperators.EQUAL),
                    ("age_from", RangeOperators.EQUAL),
                    ("age_below", RangeOperators.EQUAL),
                    ("document_kind", RangeOperators.EQUAL),
                    ("purpose", RangeOperators.EQUAL),
                    ("legal_basis", RangeOperators.EQUAL),
                    ("part", RangeOperators.EQUAL),
                    ("is_exception", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    ("known", RangeOperators.OVERLAPS),
                ],
                condition=Q(published_at__isnull=False),
                violation_error_message=_(
                    "Another published rule says something else to the same people, about the same "
                    "duty, on some of the same days. Change the days, the audience or the part."
                ),
            ),
            models.CheckConstraint(
                name="rule_known_once_published",
                condition=Q(published_at__isnull=True, known__isnull=True)
                | Q(published_at__isnull=False, known__isnull=False),
            ),
            models.CheckConstraint(name="rule_valid_some_day", condition=Q(valid__isempty=False)),
            models.CheckConstraint(
                name="rule_exception_begins_on_a_day",
                condition=Q(is_exception=False) | Q(valid__startswith__isnull=False),
            ),
            models.CheckConstraint(name="rule_ages_in_order", condition=Q(age_from__lt=F("age_below"))),
            models.CheckConstraint(name="rule_supersedes_another", condition=~Q(supersedes=F("id"))),
        ]
        triggers = [
            # A published row never changes: only the end of its `known` may be set, once.
            pgtrigger.Trigger(
                name="published_never_changes",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
                func="""
                    IF to_jsonb(NEW) - 'known' IS DISTINCT FROM to_jsonb(OLD) - 'known'
                       OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known)
                       OR NOT upper_inf(OLD.known) OR isempty(NEW.known) THEN
                        RAISE EXCEPTION 'a published rule never changes (rule %)', OLD.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="published_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
            ),
        ]
        indexes = [
            models.Index(fields=["key", "-id"], name="rule_versions_of_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} #{self.pk}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Citation(models.Model):
    """Where it stands. Belongs to one version of a rule and is as unchangeable as that."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="citations")
    title = models.CharField(_("title"), max_length=240)
    url = models.CharField(_("address"), max_length=600, blank=True, default="")
    quote = models.TextField(_("quoted sentence"), blank=True, default="")
    read_on = models.DateField(_("read on"), null=True, blank=True)
    supports = models.BooleanField(_("supports the rule"), default=True)

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        triggers = [
            pgtrigger.Trigger(
                name="of_published_rule_never_changes",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM residency_rule
                               WHERE id IN (OLD.rule_id, NEW.rule_id) AND published_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a published rule never changes (citation %)', COALESCE(OLD.id, NEW.id)
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Withdrawal(models.Model):
    """Why a rule is no longer held though none replaced it. Written once."""

    rule = models.OneToOneField(Rule, models.PROTECT, related_name="withdrawal")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        triggers = [pgtrigger.Protect(name="withdrawal_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"#{self.pk}"
