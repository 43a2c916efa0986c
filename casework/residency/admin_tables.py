"""Import and export in the admin: a dry run first, shown cell by cell; on confirmation all rows or none."""

from typing import Any, ClassVar
from uuid import UUID

import tablib
from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.admin import ExportMixin
from import_export.forms import ExportForm
from import_export.results import Result

from casework.accounts.roles import Permission
from casework.audit.record import record

from .admin_permissions import held_by
from .tables.files import MOST_BYTES, MOST_ROWS, CsvTable, TableFile, UnableToReadTable, XlsxTable, too_large
from .tables.resource import Table, changes_in, fingerprint, refused_in, report_of
from .tables.storage import SealedStorage

MOST_SHOWN = 200  # rows on the page; the report has them all


class ChooseTableForm(forms.Form):
    import_file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV in UTF-8, or XLSX."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
            "missing": gettext_lazy("Choose a file."),
        },
    )


class ChooseFormatForm(ExportForm):
    """The library's form with a format chosen already: the one that spreadsheet programs open without a question."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = self.fields["format"].choices[1:]
        self.fields["format"].initial = "0"


class ConfirmTableForm(forms.Form):
    upload = forms.UUIDField(widget=forms.HiddenInput)
    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=64)


class Tables(ExportMixin):
    """For an admin of reference data. `resource_classes`: one `Table`; `help_of_columns`: what stands in which column."""

    change_list_template: Any = "admin/residency/change_list.html"
    import_export_change_list_template = None
    export_template_name = "admin/residency/export.html"
    export_form_class = ChooseFormatForm
    export_formats: ClassVar[list[Any]] = [XlsxTable, CsvTable]
    help_of_columns: ClassVar[dict[str, str]] = {}
    done_query = ""

    # Who may

    def has_import_permission(self, request: HttpRequest) -> bool:
        return Permission.RULES_EDIT in held_by(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return Permission.RULES_DESK in held_by(request)

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path("import/", guarded(self.import_view), name=f"{name}_import"),
            path("import/confirm/", guarded(self.confirm_view), name=f"{name}_import_confirm"),
            path("import/report/<uuid:upload>/", guarded(self.report_view), name=f"{name}_import_report"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        more = {
            "has_import_permission": self.has_import_permission(request),
            "import_url": self._url("import"),
            "export_url": self._url("export"),
        }
        try:
            return super().changelist_view(request, more | (extra_context or {}))
        except (IncorrectLookupParameters, OverflowError):  # the library answers the first, and not in every place
            return self._without_filters(request)

    # Import

    def import_view(self, request: Any) -> HttpResponse:
        """Ask for a file, then show what it would do; nothing of it is kept but the file."""
        self._refuse_strangers(request)
        is_sent = request.method == "POST"
        form = ChooseTableForm(request.POST if is_sent else None, request.FILES if is_sent else None)
        if not form.is_valid():
            return self._choose(request, form)
        chosen = form.cleaned_data["import_file"]
        storage = self._storage(request, None)
        try:
            if chosen.size > MOST_BYTES:
                raise UnableToReadTable(too_large())
            content = chosen.read()
            result = self._table(request).take_in(TableFile().create_dataset(content), dry_run=True)
        except UnableToReadTable as refusal:
            form.add_error("import_file", refusal.sentence)
            return self._choose(request, form)
        storage.save(content)
        return self._preview(request, result, storage.name)

    def confirm_view(self, request: Any) -> HttpResponse:
        """Do what was shown, all of it or nothing."""
        self._refuse_strangers(request)
        form = ConfirmTableForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            return redirect(self._url("import"))
        storage = self._storage(request, str(form.cleaned_data["upload"]))
        dataset = self._dataset_of(storage)
        if dataset is None:
            messages.error(request, _("This file is not waiting any more: it was imported, or an hour has passed."))
            return redirect(self._url("import"))
        with transaction.atomic():
            result = self._table(request).take_in(dataset, dry_run=False)
            is_as_shown = not refused_in(result) and fingerprint(result) == form.cleaned_data["fingerprint"]
            if not is_as_shown:
                transaction.set_rollback(True)
            else:
                self._note(request, result)
                storage.remove()
        if not is_as_shown:
            messages.warning(request, _("Something has changed here since you looked. Look again, then confirm."))
            return self._preview(request, result, storage.name)
        return redirect(self._url("changelist") + self.done_query)

    def report_view(self, request: Any, upload: UUID) -> HttpResponse:
        """Answer the whole result as CSV: every cell that changes, every refusal."""
        self._refuse_strangers(request)
        dataset = self._dataset_of(self._storage(request, str(upload)))
        if dataset is None:
            raise Http404
        result = self._table(request).take_in(dataset, dry_run=True)
        lines = list(report_of(result))
        content = CsvTable().export_data(tablib.Dataset(*lines[1:], headers=lines[0]))
        return _download(content, "text/csv; charset=utf-8", f"import-{self.opts.model_name}.csv")

    # Export

    def export_action(self, request: HttpRequest) -> HttpResponse:
        try:
            answer: HttpResponse = super().export_action(request)
        except (IncorrectLookupParameters, OverflowError):
            return self._without_filters(request)
        return answer

    def get_export_filename(self, request: Any, queryset: Any, file_format: Any) -> str:
        day = timezone.localdate().isoformat()
        return f"{self.opts.model_name}-{day}.{file_format.get_extension()}"

    # Helpers

    def _without_filters(self, request: HttpRequest) -> HttpResponse:
        """Answer an address that filters by what nobody can filter by."""
        messages.error(request, _("The list cannot be filtered like that. Here is all of it."))
        return redirect(self._url("changelist"))

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _url(self, act: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{act}")

    def _table(self, request: Any) -> Table:
        table: Table = self.resource_classes[0](by=request.user, now=timezone.now())
        return table

    def _storage(self, request: Any, name: str | None) -> SealedStorage:
        return SealedStorage(by=request.user, now=timezone.now(), kind=self.opts.model_name, name=name)

    def _dataset_of(self, storage: SealedStorage) -> tablib.Dataset | None:
        content = storage.read()
        return None if content is None else TableFile().create_dataset(content)

    def _note(self, request: Any, result: Result) -> None:
        """Say what was done: in the history of each object, in the audit trail, and to whoever did it."""
        changes = changes_in(result)
        record(
            "residency.table_imported",
            subject=None,
            by=request.user,
            now=timezone.now(),
            kind=self.opts.model_name,
            rows=len(changes),
        )
        for answer in changes:
            log = self.log_addition if answer.outcome.type == "new" else self.log_change
            log(request, answer.outcome.instance, _("Imported: %(act)s") % {"act": answer.outcome.act})
        if changes:
            sentence = ngettext("%(count)s row imported.", "%(count)s rows imported.", len(changes))
            messages.success(request, sentence % {"count": len(changes)})
        else:
            messages.info(request, _("Nothing to do: the table says what is held here."))

    def _choose(self, request: Any, form: forms.Form) -> HttpResponse:
        context = {
            **self._context(request),
            "form": form,
            "help_of_columns": [(name, _(text)) for name, text in self.help_of_columns.items()],
            "most_rows": MOST_ROWS,
            "export_url": self._url("export"),
        }
        return TemplateResponse(request, "admin/residency/import.html", context)

    def _preview(self, request: Any, result: Result, upload: str) -> HttpResponse:
        refused, changes = refused_in(result), changes_in(result)
        confirm = ConfirmTableForm(initial={"upload": upload, "fingerprint": fingerprint(result)})
        context = {
            **self._context(request),
            "refused": refused[:MOST_SHOWN],
            "refused_rows": len(refused),
            "changes": changes[:MOST_SHOWN],
            "changed_rows": len(changes),
            "same_rows": sum(bool(it.outcome.act) and not it.outcome.differences for it in result.rows),
            "more_rows": max(len(refused), len(changes)) > MOST_SHOWN,
            "form": confirm,
            "confirm_url": self._url("import_confirm"),
            "report_url": reverse(
                f"admin:{self.opts.app_label}_{self.opts.model_name}_import_report", args=[UUID(upload)]
            ),
            "import_url": self._url("import"),
        }
        return TemplateResponse(request, "admin/residency/import_preview.html", context)

    def _context(self, request: Any) -> dict[str, Any]:
        plural = capfirst(str(self.opts.verbose_name_plural))
        title = _("Import: %(what)s") % {"what": plural}
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "plural": plural}


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
