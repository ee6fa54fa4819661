"""Which lines are the same recognition, nomination or carrier, and what of a line is filled in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from ..actions.carriers import CARRIERS
from ..actions.holding import completed
from ..actions.nominations import NOMINATIONS
from ..actions.recognitions import RECOGNITIONS, recognised
from ..actions.register_imports import Kept, RegisterWriter
from ..importing import Sink, register_sink
from ..models import Carrier, Nomination, Recognition
from ..models.recognitions import Holder
from ..programmes import granted_in

_HOLDERS = {label: str(value) for value, label in Holder.choices}
_PURPOSES = {label: str(value) for value, label in Nomination.For.choices}


def _holder(values: Mapping[str, Any]) -> Hashable:
    """Return who a line is about: a product or project by its own name, an organisation by itself where it is known."""
    organisation, name = values.get("organisation"), values.get("holder_name")
    if organisation is None:
        return name
    own = values.get("holder_kind") in (Holder.PRODUCT, Holder.PROJECT, Holder.PERSON)
    return (organisation.pk, name) if own else organisation.pk


def _recognition_key(values: Mapping[str, Any]) -> Hashable:
    return values.get("programme"), _holder(values), values.get("granted_on")


def _nomination_key(values: Mapping[str, Any]) -> Hashable:
    return values.get("programme"), values.get("batch"), _holder(values)


def _carrier_key(values: Mapping[str, Any]) -> Hashable:
    return values.get("kind"), values.get("level") or "", values.get("name")


def _platform(region: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a carrier's values with the level of its 事项."""
    found = dict(values)
    granted = granted_in(region).get(found.get("programme", ""))
    if granted is not None:
        found["level"] = found.get("level") or granted.level
    return found


def register() -> None:
    """Make recognitions, nominations and carriers importable."""
    kinds = {
        "recognitions": Kept(
            Recognition,
            recognised,
            RECOGNITIONS.clean,
            _recognition_key,
            "holder_name",
            "holder_name",
            {"holder_kind": _HOLDERS},
        ),
        "nominations": Kept(
            Nomination,
            completed,
            NOMINATIONS.clean,
            _nomination_key,
            "holder_name",
            "holder_name",
            {"holder_kind": _HOLDERS, "purpose": _PURPOSES},
        ),
        "carriers": Kept(Carrier, _platform, CARRIERS.clean, _carrier_key, "name", "host_name"),
    }
    keys = {"recognitions": "holder_name", "nominations": "holder_name", "carriers": "name"}
    for kind, kept in kinds.items():
        register_sink(Sink(kind=kind, model=kept.model, key=keys[kind], writer=RegisterWriter(kept)))
