from django.urls import path

from . import score_views, views

urlpatterns = [
    path("cases/tag/", views.tag_cases, name="tag_cases"),
    path("cases/<code:code>/needs/", views.case_needs, name="case_needs"),
    path("cases/<code:code>/programmes/", views.case_programmes, name="case_programmes"),
    path("cases/<code:code>/scores/", score_views.case_scores, name="case_scores"),
    path("cases/<code:code>/score/<uuid:version_id>/", score_views.answer_score, name="answer_score"),
    path("clients/<reference:reference>/needs/suggested/", score_views.answer_suggestion, name="answer_suggestion"),
    path("cases/<code:code>/services/quick/", views.quick_service, name="quick_service"),
    path("cases/<code:code>/services/new/", views.ask_for_service, name="ask_for_service"),
    path("clients/<reference:reference>/assessments/new/", views.record_assessment, name="record_assessment"),
    path("assessments/<uuid:assessment_id>/change/", views.change_assessment, name="change_assessment"),
    path("needs/<uuid:need_id>/resume/", views.resume_need, name="resume_need"),
    path("clients/<reference:reference>/needs/new/", views.record_need, name="record_need"),
    path("needs/<uuid:need_id>/change/", views.change_need, name="change_need"),
    path("needs/<uuid:need_id>/end/", views.end_need, name="end_need"),
    path("needs/<uuid:need_id>/remove/", views.remove_need, name="remove_need"),
    path("services/<uuid:service_id>/change/", views.change_service, name="change_service"),
    path("services/<uuid:service_id>/approve/", views.approve_service, name="approve_service"),
    path("services/<uuid:service_id>/refuse/", views.refuse_service, name="refuse_service"),
    path("services/<uuid:service_id>/deliver/", views.deliver_service, name="deliver_service"),
    path("services/<uuid:service_id>/undo/", views.undo_delivery, name="undo_delivery"),
    path("services/<uuid:service_id>/cancel/", views.cancel_service, name="cancel_service"),
]
