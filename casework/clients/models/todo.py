"""What staff have to do, whether they wrote it down themselves or the software noticed it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.vault.fields import EncryptedTextField
from casework.vault.sealed import Sealed, SealedQuerySet

from ..access import cases_visible_to
from .case import Case


class ToDoQuerySet(SealedQuerySet["ToDo"]):
    def visible_to(self, user: User, now: datetime) -> "ToDoQuerySet":
        """Return what this user may see.

        1. Those about a case that they may see, whoever has to do them, and
        2. of the others those that they have to do or have given.
        """
        without_case = Q(case__isnull=True) & (Q(owner=user) | Q(created_by=user))
        return self.filter(without_case | cases_visible_to(user, now, prefix="case__"))

    def changeable_by(self, user: User, now: datetime) -> "ToDoQuerySet":
        """Return those that this user may finish, change and hand on: of what they may see, what they have to do, what
        they have given, and what belongs to cases that they assign.
        """
        of_team = cases_visible_to(user, now, permission=Permission.CASE_ASSIGN, prefix="case__")
        return self.visible_to(user, now).filter(Q(owner=user) | Q(created_by=user) | of_team)

    def overseen_by(self, user: User, now: datetime) -> "ToDoQuerySet":
        """Return those about the cases that this user assigns, whoever has to do them."""
        return self.filter(cases_visible_to(user, now, permission=Permission.CASE_ASSIGN, prefix="case__"))

    def for_user(self, user: User) -> "ToDoQuerySet":
        return self.filter(owner=user)

    def given_by(self, user: User) -> "ToDoQuerySet":
        return self.filter(created_by=user).exclude(owner=user)

    def open(self) -> "ToDoQuerySet":
        return self.filter(done_at__isnull=True)

    def soonest_first(self) -> "ToDoQuerySet":
        return self.order_by(models.F("due_on").asc(nulls_last=True), "created_at", "id")


class ToDo(Sealed):
    """One thing for one member of staff. `about` is the id of what it is about, by kind; `text` is sealed.

    The key is that of the case, where it is about one, else that of its owner.
    """

    class Kind(models.TextChoices):
        FREE = "free", _("own words")
        RULE_CHANGE = "rule_change", _("country rules changed")
        TRANSFER = "transfer", _("an offered case was answered")
        REFERRAL = "referral", _("the answer of a partner is overdue")
        REFERRAL_IN = "referral_in", _("our answer to a referral is overdue")
        DUPLICATE = "duplicate", _("on file twice")
        WITHDRAWAL = "withdrawal", _("consent withdrawn")
        EMERGENCY = "emergency", _("a case was opened in an emergency")
        MANY_CASES = "many_cases", _("somebody opened many cases")
        NAMED_ALONE = "named_alone", _("you are the only one left who sees this case: name somebody else")
        STOPPED = "stopped", _("a referral was stopped: tell the partner")

    owner = models.ForeignKey(User, models.CASCADE, related_name="to_dos", verbose_name=_("for"))
    case = models.ForeignKey(Case, models.CASCADE, null=True, blank=True, related_name="to_dos")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.FREE)
    about = models.UUIDField(null=True, editable=False)
    text = EncryptedTextField(_("text"), max_length=600, blank=True, default="")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    created_at = models.DateTimeField()
    # None: the software noticed it.
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    # Of what people write down: a form sent twice makes one.
    submit_token = models.UUIDField(unique=True, null=True, editable=False)

    objects = ToDoQuerySet.as_manager()

    class Meta:
        verbose_name = _("to-do")
        verbose_name_plural = _("to-dos")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "about"], condition=Q(about__isnull=False), name="to_do_about_one_thing_once"
            ),
            models.CheckConstraint(
                name="to_do_done_has_its_time",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="to_do_of_the_software_is_about_something",
                condition=Q(kind="free") | Q(about__isnull=False),
            ),
        ]
        indexes = [
            # My day: what is open of one person.
            models.Index(fields=["owner", "due_on"], condition=Q(done_at__isnull=True), name="to_do_open_of_owner"),
            # What is open on a case.
            models.Index(fields=["case", "due_on"], condition=Q(done_at__isnull=True), name="to_do_open_of_case"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None
