from django.urls import path

from . import criteria, publishing, views

urlpatterns = [
    path("programmes/scoring/", views.scoring, name="scoring"),
    path("programmes/scoring/new/", views.create_scheme, name="create_scheme"),
    path("programmes/scoring/schemes/<uuid:scheme_id>/draft/", views.draft_scheme, name="draft_scheme"),
    path("programmes/scoring/schemes/<uuid:scheme_id>/archive/", views.archive_scheme, name="archive_scheme"),
    path("programmes/scoring/<uuid:version_id>/", views.scheme_version, name="scheme_version"),
    path("programmes/scoring/<uuid:version_id>/discard/", views.discard_draft, name="discard_scheme_draft"),
    path("programmes/scoring/<uuid:version_id>/add/<slug:kind>/", criteria.add_criterion, name="add_criterion"),
    path(
        "programmes/scoring/<uuid:version_id>/<slug:code>/change/", criteria.change_criterion, name="change_criterion"
    ),
    path(
        "programmes/scoring/<uuid:version_id>/<slug:code>/remove/", criteria.remove_criterion, name="remove_criterion"
    ),
    path("programmes/scoring/<uuid:version_id>/try/", publishing.try_scheme, name="try_scheme"),
    path("programmes/scoring/<uuid:version_id>/publish/", publishing.publish_scheme, name="publish_scheme"),
    path("programmes/scoring/<uuid:version_id>/progress/", publishing.scoring_progress, name="scoring_progress"),
]
