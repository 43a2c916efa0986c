"""Stock Django admin for the country rules: those who keep them write here, everybody else reads the pages.

What is published is only looked at: it is superseded by a new version or withdrawn, never edited.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts.roles import Permission
from casework.lib.refusals import Refusal

from . import restoring, wording
from .actions import calendars, places
from .actions import rules as actions
from .admin_fields import fields_of
from .admin_forms import (
    CalendarDayForm,
    CitationForm,
    JurisdictionForm,
    NationalityGroupForm,
    PublishForm,
    RuleForm,
    WithdrawForm,
    kind_choices,
    rule_form,
)
from .admin_permissions import KeptByEditors, held_by
from .admin_tables import Tables
from .models import CalendarDay, Citation, Jurisdiction, NationalityGroup, Rule
from .rules import proof
from .rules.kinds import COMPUTING_KINDS, KIND_LABELS, STATING_KINDS, Kind
from .tables.columns import PLAIN
from .tables.places import CalendarDayTable, JurisdictionTable, NationalityGroupTable
from .tables.rules import RuleTable

Url = Callable[..., HttpResponse]

AUDIENCE = ("jurisdiction", "duty", "nationality", "age_from", "age_below", "document_kind", "purpose", "legal_basis")
SOURCES = ("legal_status", "review_status", "published_on", "last_verified_on", "note")
WRITTEN = (
    "key",
    *AUDIENCE,
    "part",
    "is_exception",
    "kind",
    "parameters",
    "valid",
    "applies_to",
    "days_before_commencement_count",
    *SOURCES,
    "worked_examples",
)


class NamedList(KeptByEditors, admin.ModelAdmin):  # type: ignore[type-arg]
    """A list headed by what it holds: Django's own heading puts the bare noun into a sentence, which Russian inflects."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title} | (extra_context or {}))


class PlaceAdmin(Tables, NamedList):
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("code",) if obj is not None else ()

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        places.keep_place(place=obj, by=request.user, now=timezone.now())


@admin.register(Jurisdiction)
class JurisdictionAdmin(PlaceAdmin):
    resource_classes: ClassVar = [JurisdictionTable]
    help_of_columns = JurisdictionTable.help
    form = JurisdictionForm
    list_display = ("code", "place", "kind", "time_zone", "rules_held")
    list_filter = ("kind",)
    search_fields = ("code", "name")
    ordering = ("kind", "code")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Jurisdiction]:
        held = Q(rules__published_at__isnull=False, rules__known__upper_inf=True)
        rows: QuerySet[Jurisdiction] = super().get_queryset(request).annotate(held=Count("rules", filter=held))
        return rows

    @admin.display(description=gettext_lazy("country or zone"))
    def place(self, obj: Jurisdiction) -> str:
        return wording.place_name(obj)

    @admin.display(description=gettext_lazy("rules held"), ordering="held")
    def rules_held(self, obj: Any) -> int:
        return int(obj.held)


@admin.register(NationalityGroup)
class NationalityGroupAdmin(PlaceAdmin):
    resource_classes: ClassVar = [NationalityGroupTable]
    help_of_columns = NationalityGroupTable.help
    form = NationalityGroupForm
    list_display = ("code", "name", "members")
    search_fields = ("code", "name")
    ordering = ("code",)

    @admin.display(description=gettext_lazy("nationalities"))
    def members(self, obj: NationalityGroup) -> str:
        return ", ".join(obj.nationalities)


class PlaceFilter(admin.SimpleListFilter):
    """Countries and zones by name, of those that have something in the list."""

    having: ClassVar = "rules"
    title = gettext_lazy("country or zone")
    parameter_name = "place"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        rows = Jurisdiction.objects.filter(**{f"{self.having}__isnull": False}).distinct()
        return sorted(((row.code, wording.place_name(row)) for row in rows), key=lambda choice: choice[1])

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(jurisdiction=self.value()) if self.value() else queryset


class PlaceOfDayFilter(PlaceFilter):
    title = gettext_lazy("country")
    having: ClassVar = "calendar_days"


@admin.register(CalendarDay)
class CalendarDayAdmin(PlaceAdmin):
    form = CalendarDayForm
    resource_classes: ClassVar = [CalendarDayTable]
    help_of_columns = CalendarDayTable.help
    list_display = ("on", "place", "is_working_day", "reason")
    list_filter = (PlaceOfDayFilter, "is_working_day")
    list_select_related = ("jurisdiction",)
    search_fields = ("reason",)
    date_hierarchy = "day"
    ordering = ("-day", "jurisdiction")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def delete_model(self, request: Any, obj: CalendarDay) -> None:
        calendars.take_back_days(day=obj, by=request.user, now=timezone.now())

    @admin.display(description=gettext_lazy("country"), ordering="jurisdiction")
    def place(self, obj: CalendarDay) -> str:
        return wording.place_name(obj.jurisdiction)

    @admin.display(description=gettext_lazy("day"), ordering="day")
    def on(self, obj: CalendarDay) -> str:
        return wording.day(obj.day)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", _("draft")), ("held", _("published and held")), ("past", _("no longer held"))]

    def queryset(self, request: Any, queryset: Any) -> Any:
        match self.value():
            case "draft":
                return queryset.drafts()
            case "held":
                return queryset.held_now()
            case "past":
                return queryset.published().filter(known__upper_inf=False)
        return queryset


class CitationInline(KeptByEditors, admin.StackedInline):  # type: ignore[type-arg]
    model = Citation
    form = CitationForm
    extra = 0
    min_num = 1

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not _is_published(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_published(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1 if self.has_change_permission(request, obj) and (obj is None or not obj.citations.exists()) else 0


@admin.register(Rule)
class RuleAdmin(Tables, NamedList):
    form = RuleForm
    resource_classes: ClassVar = [RuleTable]
    help_of_columns = PLAIN
    done_query = "?state=draft"
    inlines = (CitationInline,)
    actions = None
    list_display = ("in_short", "place", "about", "to_whom", "law_on", "state", "review_status", "legal_status")
    list_filter = (StateFilter, PlaceFilter, "duty", "kind", "review_status", "legal_status")
    list_select_related = ("jurisdiction",)
    list_per_page = 50
    search_fields = ("key", "note", "citations__title")
    search_help_text = gettext_lazy("Key, note or title of a citation")
    ordering = ("jurisdiction", "duty", "key", "-id")

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not _is_published(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    # Words

    @admin.display(description=gettext_lazy("country or zone"), ordering="jurisdiction")
    def place(self, obj: Rule) -> str:
        return wording.place_name(obj.jurisdiction)

    @admin.display(description=gettext_lazy("duty"), ordering="duty")
    def about(self, obj: Rule) -> str:
        return _(obj.get_duty_display())

    @admin.display(description=gettext_lazy("kind"))
    def kind_in_words(self, obj: Rule) -> str:
        return _(KIND_LABELS[Kind(obj.kind)])

    @admin.display(description=gettext_lazy("audience"))
    def to_whom(self, obj: Rule) -> str:
        return wording.audience(obj)

    @admin.display(description=gettext_lazy("what it says"))
    def says(self, obj: Rule) -> str:
        return wording.what_it_says(obj)

    @admin.display(description=gettext_lazy("what it says"))
    def in_short(self, obj: Rule) -> str:
        return Truncator(wording.what_it_says(obj)).words(18)

    @admin.display(description=gettext_lazy("is law"), ordering="valid")
    def law_on(self, obj: Rule) -> str:
        return wording.days_of(obj.valid)

    @admin.display(description=gettext_lazy("state"))
    def state(self, obj: Rule) -> str:
        if not obj.is_published:
            return _("draft")
        return _("published") if actions.is_held(obj) else _("no longer held")

    @admin.display(description=gettext_lazy("held"))
    def held(self, obj: Rule) -> str:
        return wording.held(obj)

    @admin.display(description=gettext_lazy("replaces"))
    def replaces(self, obj: Rule) -> str:
        return str(obj.supersedes) if obj.supersedes_id else "–"

    @admin.display(description=gettext_lazy("examples, computed now"))
    def examples(self, obj: Rule) -> str:
        results = proof.run(obj.worked_examples)
        return "\n".join(
            f"{it.id}: {it.error or (_('as expected') if it.ok else _('not as expected'))}" for it in results
        )

    @admin.display(description=gettext_lazy("withdrawn because"))
    def withdrawn_because(self, obj: Rule) -> str:
        return obj.withdrawal.reason if hasattr(obj, "withdrawal") else "–"

    # Forms

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rule]:
        """Hold the row while a form is saved, so that of two editors the second sees what the first wrote."""
        rows: QuerySet[Rule] = super().get_queryset(request)
        # A list is searched with DISTINCT, which PostgreSQL does not lock; only what is about one row saves anything.
        is_one_row = request.resolver_match is not None and bool(request.resolver_match.kwargs)
        is_saving = is_one_row and request.method == "POST" and connection.in_atomic_block
        return rows.select_for_update(of=("self",)) if is_saving else rows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kind = self._kind(request, obj)
        if not self._is_written(request, obj):
            return [
                (
                    None,
                    {
                        "fields": (
                            "key",
                            "place",
                            "about",
                            "to_whom",
                            "kind_in_words",
                            "says",
                            "law_on",
                            "part",
                            "is_exception",
                        )
                    },
                ),
                (_("Status and sources"), {"fields": (*SOURCES, "applies_to", "days_before_commencement_count")}),
                (_("Here"), {"fields": ("state", "held", "replaces", "withdrawn_because", "examples")}),
            ]
        return [
            (None, {"fields": ("key", *AUDIENCE, "part", "is_exception", *(("seen",) if obj else ()))}),
            (_(KIND_LABELS[kind]), {"fields": tuple(fields_of(kind))}),
            (
                _("When it is law"),
                {"fields": ("valid_from", "valid_until", "applies_to", "days_before_commencement_count")},
            ),
            (_("Status and sources"), {"fields": SOURCES}),
            (_("Proof"), {"fields": ("worked_examples", *(("examples",) if obj else ()))}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("examples",) if self._is_written(request, obj) else ()

    def get_form(self, request: Any, obj: Any = None, change: Any = False, **kwargs: Any) -> Any:  # noqa: FBT002
        if self._is_written(request, obj):
            kwargs["form"] = rule_form(self._kind(request, obj))
        else:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.GET.get("kind") in set(Kind):
            return super().add_view(request, form_url, extra_context)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What kind of rule is it?"),
            "computing": kind_choices(frozenset(COMPUTING_KINDS)),
            "stating": kind_choices(STATING_KINDS),
        }
        return TemplateResponse(request, "admin/residency/rule/choose_kind.html", context)

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        rule = self.get_object(request, object_id)
        context = {**(extra_context or {}), "may": self._acts(request, rule) if rule else {}}
        try:
            return super().change_view(request, object_id, form_url, context)
        except Refusal as refusal:  # somebody else was faster
            messages.error(request, refusal.sentence)
            return redirect("admin:residency_rule_change", object_id)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        values: Any = {name: getattr(obj, name) for name in WRITTEN}
        if change:
            actions.change_draft(rule=obj, by=request.user, now=timezone.now(), **values)
        else:
            written = actions.draft_rule(by=request.user, now=timezone.now(), **values)
            obj.pk, obj._state.adding = written.pk, False

    def save_formset(self, request: Any, form: Any, formset: Any, change: Any) -> None:
        formset.save(commit=False)  # says what was added, changed and deleted, for the history
        if not (formset.new_objects or formset.changed_objects or formset.deleted_objects):
            return
        citations: list[Any] = [
            {name: row.cleaned_data[name] for name in CitationForm.Meta.fields}
            for row in formset.forms
            if row.cleaned_data.get("title") and row not in formset.deleted_forms
        ]
        actions.change_draft(rule=form.instance, by=request.user, now=timezone.now(), citations=citations)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Lead from a saved draft to its page, where what it changes and whom it hits is one step away."""
        answer = super().response_change(request, obj)
        stays = {"_continue", "_addanother", "_saveasnew", "_popup"} & set(request.POST)
        return answer if stays else redirect("rule_draft", obj.pk)

    def delete_model(self, request: Any, obj: Rule) -> None:
        actions.discard_draft(rule=obj, by=request.user, now=timezone.now())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft takes its citations with it, whatever the stock admin thinks of their permissions."""
        to_delete, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected

    # Acts with a page of confirmation

    def get_urls(self) -> list[URLPattern]:
        acts = {"publish": self.publish_view, "supersede": self.supersede_view, "withdraw": self.withdraw_view}
        own = [
            path(f"<int:rule_id>/{act}/", self.admin_site.admin_view(view), name=f"residency_rule_{act}")
            for act, view in acts.items()
        ]
        return [*own, *super().get_urls()]

    def publish_view(self, request: Any, rule_id: int) -> HttpResponse:
        rule, now = self._load(request, rule_id, "publish"), timezone.now()
        rest = "; ".join(wording.days_of(days) for days in actions.surviving_days(rule))
        initial = {"review_status": rule.review_status, "keep_rest": True}
        form = PublishForm(request.POST or None, rest=rest, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                actions.publish_rule(rule=rule, by=request.user, now=now, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self._done(request, rule, _("Published."))
        text = _("From now on it is held and computed with. A published rule never changes: it is superseded.")
        hindrances = [] if form.is_bound else [it.sentence for it in actions.why_not_publish(rule, request.user, now)]
        return self._confirm(request, rule, form, _("Publish this rule"), text, hindrances)

    def supersede_view(self, request: Any, rule_id: int) -> HttpResponse:
        rule, form = self._load(request, rule_id, "supersede"), forms.Form(request.POST or None)
        if request.method == "POST":
            try:
                draft = actions.supersede_rule(rule=rule, by=request.user, now=timezone.now())
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
                return redirect("admin:residency_rule_change", rule.pk)
            return self._done(
                request, draft, _("This draft says what the published version says. Change it, then publish it.")
            )
        text = _("A draft is made that says the same, with its citations. Until it is published, this version is held.")
        waiting = Rule.objects.drafts().filter(supersedes=rule)
        hints = [_("There is already a draft that replaces it: no. %(number)s.") % {"number": it.pk} for it in waiting]
        return self._confirm(request, rule, form, _("Make a new version"), text, hints)

    def withdraw_view(self, request: Any, rule_id: int) -> HttpResponse:
        rule = self._load(request, rule_id, "withdraw")
        form = WithdrawForm(request.POST or None, replaced=_replaced_in_words(rule), initial={"restore": True})
        if request.method == "POST" and form.is_valid():
            try:
                actions.withdraw_rule(rule=rule, by=request.user, now=timezone.now(), **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self._done(request, rule, _("Withdrawn."))
        text = _("It is no longer held, and no date is computed from it. What was told before can still be looked up.")
        return self._confirm(request, rule, form, _("Withdraw this rule"), text, [])

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        rule = self.get_object(request, object_id)
        versions = Rule.objects.filter(key=rule.key if rule else None).select_related("published_by__data_key")
        rows = [
            {
                "rule": row,
                "state": self.state(row),
                "says": wording.what_it_says(row),
                "law": wording.days_of(row.valid),
                "held": wording.held(row),
                "by": wording.published_by(row),
            }
            for row in versions.order_by("-pk")
        ]
        return super().history_view(request, object_id, {**(extra_context or {}), "versions": rows})

    # Helpers

    def _kind(self, request: HttpRequest, obj: Any) -> Kind:
        return Kind(obj.kind) if obj is not None else Kind(request.GET["kind"])

    def _is_written(self, request: HttpRequest, obj: Any) -> bool:
        return self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)

    def _acts(self, request: HttpRequest, rule: Rule) -> dict[str, str]:
        """Return what this user may do to this rule now, with the address of its page."""
        edits, reviews = (it in held_by(request) for it in (Permission.RULES_EDIT, Permission.RULES_REVIEW))
        may = {
            "publish": (edits or reviews) and not rule.is_published,
            "supersede": edits and actions.is_held(rule),
            "withdraw": edits and actions.is_held(rule),
        }
        return {
            act: reverse(f"admin:residency_rule_{act}", args=[rule.pk]) for act, is_allowed in may.items() if is_allowed
        }

    def _load(self, request: HttpRequest, rule_id: int, act: str) -> Rule:
        rule = Rule.objects.select_related("jurisdiction", "supersedes").filter(pk=rule_id).first()
        if rule is None:
            raise Http404
        if act not in self._acts(request, rule):
            raise PermissionDenied
        return rule

    def _done(self, request: HttpRequest, rule: Rule, sentence: str) -> HttpResponse:
        self.log_change(request, rule, sentence)
        messages.success(request, sentence)
        return redirect("admin:residency_rule_change", rule.pk)

    def _confirm(
        self, request: HttpRequest, rule: Rule, form: forms.Form, title: str, text: str, hindrances: list[str]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "rule": rule,
            "rows": [
                (_("Country or zone"), self.place(rule)),
                (_("Duty"), self.about(rule)),
                (_("Audience"), self.to_whom(rule)),
                (_("What it says"), self.says(rule)),
                (_("Is law"), self.law_on(rule)),
            ],
            "form": form,
            "text": text,
            "hindrances": hindrances,
        }
        return TemplateResponse(request, "admin/residency/rule/confirm.html", context)


def _replaced_in_words(rule: Rule) -> str:
    """Return what can be held again once this rule is withdrawn: what it says, and on which days it is law."""
    again = restoring.restoration_of(rule)
    if again is None:
        return ""
    days = "; ".join(wording.days_of(valid) for valid in again.days)
    return f"{wording.what_it_says(again.replaced)} ({days})"


def _is_published(obj: Any) -> bool:
    return isinstance(obj, Rule) and obj.is_published
