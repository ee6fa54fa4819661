"""Addresses of 材料编写."""

from __future__ import annotations

from django.urls import path

from . import reading, sections, steps, templates, versions, writing

urlpatterns = [
    path("reports/", reading.show_list, name="reports"),
    path("reports/begin/", reading.begin, name="reports.begin"),
    path("reports/templates/", templates.show_all, name="reports.templates"),
    path("reports/templates/new/", templates.create, name="reports.template-new"),
    path("reports/templates/figures/", templates.find, name="reports.template-figures"),
    path("reports/templates/<int:pk>/", templates.edit, name="reports.template"),
    path("reports/templates/<int:pk>/withdraw/", templates.withdraw, name="reports.template-withdraw"),
    path("reports/<int:pk>/", reading.show, name="reports.draft"),
    path("reports/<int:pk>/export/", reading.export, name="reports.export"),
    path("reports/<int:pk>/rebase/", reading.rebase, name="reports.rebase"),
    path("reports/<int:pk>/write/", writing.write, name="reports.write"),
    path("reports/<int:pk>/write/add/", writing.add, name="reports.add"),
    path("reports/<int:pk>/write/section/", sections.change, name="reports.section"),
    path("reports/<int:pk>/write/figures/", writing.find, name="reports.figures"),
    path("reports/<int:pk>/write/<int:paragraph>/", writing.save, name="reports.save"),
    path("reports/<int:pk>/write/<int:paragraph>/change/", writing.change, name="reports.change"),
    path("reports/<int:pk>/versions/", versions.compare, name="reports.compare"),
    path("reports/<int:pk>/versions/<int:paragraph>/", versions.history, name="reports.history"),
    path("reports/<int:pk>/step/<slug:step>/", steps.take, name="reports.step"),
    path("reports/<int:pk>/parts/<int:part>/<slug:step>/", steps.take_part, name="reports.part"),
    path("reports/<int:pk>/remarks/<int:paragraph>/", steps.remark, name="reports.remark"),
    path("reports/<int:pk>/remarks/<int:remark>/resolve/", steps.resolve, name="reports.resolve"),
    path("reports/<int:pk>/unlinked/<int:paragraph>/", steps.explain, name="reports.explain"),
]
