"""The pages of the sign-in library that are offered. The others, such as signing up or adding addresses, do not exist."""

from allauth.account import views
from django.urls import include, path

from .views import go_on

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("go-on/", go_on, name="go_on"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]
