from django.urls import path

from . import views

urlpatterns = [
    path("api-tokens/", views.api_tokens, name="api_tokens"),
    path("api-tokens/new/", views.make_api_token, name="make_api_token"),
    path("api-tokens/everybody/", views.api_tokens_of_everybody, name="api_tokens_of_everybody"),
    path("api-tokens/<uuid:token_id>/revoke/", views.revoke_api_token, name="revoke_api_token"),
]
