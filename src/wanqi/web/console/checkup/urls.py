"""Addresses of the check-up, an enterprise's own pages, and requests for correction."""

from __future__ import annotations

from django.urls import path

from . import answering, asking, own, page, report

urlpatterns = [
    path("my/checkup/", own.checkup, name="my.checkup"),
    path("my/data/", own.data, name="my.data"),
    path("organisations/<int:pk>/checkup/", page.show, name="checkup"),
    path("organisations/<int:pk>/checkup/report/<str:form>/", report.send, name="checkup.report"),
    path(
        "organisations/<int:pk>/checkup/<str:programme>/<str:condition>/",
        page.condition,
        name="checkup.condition",
    ),
    path("organisations/<int:pk>/corrections/new/", asking.propose, name="correction.propose"),
    path("corrections/", answering.listed, name="corrections"),
    path("corrections/<int:pk>/", answering.show, name="correction"),
    path("corrections/<int:pk>/accept/", answering.accept, name="correction.accept"),
    path("corrections/<int:pk>/refuse/", answering.refuse, name="correction.refuse"),
    path("corrections/<int:pk>/retract/", asking.retract, name="correction.retract"),
    path("corrections/<int:pk>/file/", answering.file, name="correction.file"),
]
