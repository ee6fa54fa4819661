"""Addresses of the web doors. Public by name: sign-in and its lock-out page; everything else needs a sign-in."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account import views as account
from django.urls import include, path

from .console import home, place

urlpatterns = [
    path("", home.desk, name="home"),
    path("place/", place.switch, name="place"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]
PARTS = (
    "registers.urls",
    "enterprise.urls",
    "administration",
    "audit",
    "imports",
    "import_profiles",
    "name_lists.urls",
    "nominations.urls",
    "board.urls",
    "monthly_table",
    "indicators.urls",
    "reports.urls",
    "archives.urls",
    "checking.urls",
    "returns.urls",
    "checkup.urls",
    "screening.urls",
)
urlpatterns += [
    path("", include(f"wanqi.web.console.{part}")) for part in PARTS if find_spec(f"wanqi.web.console.{part}")
]
