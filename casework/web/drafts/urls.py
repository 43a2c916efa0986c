from django.urls import path

from . import views

urlpatterns = [
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/save/<slug:form>/<str:ref>/", views.save, name="save_draft"),
    path("drafts/discard/<slug:form>/<str:ref>/", views.discard, name="discard_draft"),
]
