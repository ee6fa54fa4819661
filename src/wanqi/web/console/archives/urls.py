"""Addresses of signed reports and of packages of evidence."""

from __future__ import annotations

from django.urls import path

from . import packages, restatements, signed

urlpatterns = [
    path("archives/", signed.show_list, name="archives"),
    path("archives/<int:pk>/", signed.show, name="archive"),
    path("archives/<int:pk>/file/", signed.file, name="archive.file"),
    path("archives/<int:pk>/zip/", signed.whole, name="archive.zip"),
    path("archives/<int:pk>/rebuild/", signed.rebuilt, name="archive.rebuild"),
    path("archives/<int:pk>/restatement/", restatements.show, name="archive.restatement"),
    path("archives/<int:pk>/restatement/file/", restatements.file, name="archive.restatement.file"),
    path("evidence/", packages.show, name="evidence"),
    path("evidence/take/", packages.take, name="evidence.take"),
    path("evidence/<int:pk>/", packages.progress, name="evidence.package"),
    path("evidence/<int:pk>/file/", packages.file, name="evidence.file"),
]
