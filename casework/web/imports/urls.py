from django.urls import path

from .views.files import fetch_report, fetch_rows, mend_import
from .views.imports import (
    forget_import,
    import_columns,
    import_page,
    imports,
    leave_out_rows,
    record_import,
    stop_import,
    take_import_back,
)
from .views.rows import correct_import_row, decide_import_row

urlpatterns = [
    path("imports/", imports, name="imports"),
    path("imports/<uuid:import_id>/", import_page, name="import"),
    path("imports/<uuid:import_id>/columns/", import_columns, name="import_columns"),
    path("imports/<uuid:import_id>/record/", record_import, name="record_import"),
    path("imports/<uuid:import_id>/stop/", stop_import, name="stop_import"),
    path("imports/<uuid:import_id>/take-back/", take_import_back, name="take_import_back"),
    path("imports/<uuid:import_id>/forget/", forget_import, name="forget_import"),
    path("imports/<uuid:import_id>/leave-out/", leave_out_rows, name="leave_out_rows"),
    path("imports/<uuid:import_id>/to-correct/", fetch_rows, name="fetch_import_rows"),
    path("imports/<uuid:import_id>/report/", fetch_report, name="fetch_import_report"),
    path("imports/<uuid:import_id>/corrected/", mend_import, name="mend_import"),
    path("imports/<uuid:import_id>/rows/<int:number>/", correct_import_row, name="correct_import_row"),
    path("imports/<uuid:import_id>/rows/<int:number>/decide/", decide_import_row, name="decide_import_row"),
]
