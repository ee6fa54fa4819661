"""The registers of this app as rows that indicators count; one module for each register."""

from __future__ import annotations

from . import activities, carriers, finance, nominations, people, property, recognitions


def provide() -> None:
    """Register every record kind of this app; called when the app is ready."""
    for each in (recognitions, nominations, carriers, property, people, finance, activities):
        each.provide()
