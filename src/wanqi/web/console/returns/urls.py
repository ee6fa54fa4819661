"""Addresses of 报数."""

from __future__ import annotations

from django.urls import path

from . import (
    editing,
    files,
    filling,
    following,
    form_pages,
    handing,
    issuing,
    reminding,
    rounds,
    steps,
    tasks,
)

urlpatterns = [
    path("returns/", tasks.show, name="returns"),
    path("returns/new/", issuing.issue, name="returns.issue"),
    path("returns/rounds/<int:pk>/", rounds.show, name="returns.round"),
    path("returns/rounds/<int:pk>/next/", following.issue_next, name="returns.next"),
    path("returns/rounds/<int:pk>/remind/", reminding.remind_units, name="returns.remind"),
    path("returns/rounds/<int:pk>/lock/", rounds.lock_all, name="returns.lock-all"),
    path("returns/rounds/<int:pk>/cancel/", rounds.cancel, name="returns.cancel"),
    path("returns/rounds/<int:pk>/values.xlsx", files.values, name="returns.values"),
    path("returns/<int:pk>/", filling.show, name="returns.return"),
    path("returns/<int:pk>/saved/", filling.autosave, name="returns.autosave"),
    path("returns/<int:pk>/hand-in/", handing.hand_in, name="returns.hand-in"),
    path("returns/<int:pk>/upload/", handing.upload, name="returns.upload"),
    path("returns/<int:pk>/step/<slug:step>/", steps.take, name="returns.step"),
    path("returns/<int:pk>/form.xlsx", files.blank, name="returns.workbook"),
    path("returns/<int:pk>/received/", files.received, name="returns.received"),
    path("returns/<int:pk>/evidence/", files.evidence, name="returns.evidence"),
    path("returns/<int:pk>/evidence/<slug:line>/", files.evidence, name="returns.line-evidence"),
    path("forms/", form_pages.show_all, name="forms"),
    path("forms/new/", editing.create, name="forms.create"),
    path("forms/<slug:code>/", form_pages.show, name="forms.form"),
    path("forms/<slug:code>/correct/", editing.correct, name="forms.correct"),
    path("forms/<slug:code>/withdraw/", editing.withdraw, name="forms.withdraw"),
]
