"""Addresses of screens, kept screens and the calendar."""

from __future__ import annotations

from django.urls import path

from . import contact, days, entering, kept, page, why

urlpatterns = [
    path("screening/", page.show, name="screening"),
    path("screening/reasons/", page.told, name="screening.reasons"),
    path("screening/run/", page.run, name="screening.run"),
    path("screening/why/<int:pk>/", why.why, name="screening.why"),
    path("screening/contacts/", contact.contacts, name="screening.contacts"),
    path("screening/text/", contact.text, name="screening.text"),
    path("screening/enter/", entering.enter, name="screening.enter"),
    path("screening/keep/", kept.keep, name="screening.keep"),
    path("screens/", kept.listed, name="screens"),
    path("screens/<int:pk>/", kept.moved, name="screens.changes"),
    path("screens/<int:pk>/seen/", kept.seen, name="screens.seen"),
    path("screens/<int:pk>/share/", kept.share, name="screens.share"),
    path("screens/<int:pk>/drop/", kept.drop, name="screens.drop"),
    path("calendar/", days.show, name="calendar"),
    path("calendar/ics/", days.as_ics, name="calendar.ics"),
    path("calendar/xlsx/", days.as_xlsx, name="calendar.xlsx"),
]
