"""Addresses of an enterprise's page, its values and its export."""

from __future__ import annotations

from django.urls import path

from . import export, page, recording, values

urlpatterns = [
    path("enterprise/<int:pk>/", page.show, name="enterprise"),
    path("enterprise/<int:pk>/export/", export.send, name="enterprise.export"),
    path("enterprise/<int:pk>/record/", recording.record, name="enterprise.record"),
    path("enterprise/<int:pk>/values/<slug:fact>/", values.show, name="enterprise.value"),
    path("enterprise/values/<int:pk>/correct/", recording.correct, name="enterprise.correct"),
    path("enterprise/values/<int:pk>/withdraw/", recording.withdraw, name="enterprise.withdraw"),
    path("enterprise/values/<int:pk>/file/", values.file, name="enterprise.file"),
]
