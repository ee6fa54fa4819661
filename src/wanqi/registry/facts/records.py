"""Records as the vocabulary's kinds have them: which fields, which values, what a row is called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wanqi.core.errors import RowInvalid
from wanqi.packs import Pack, RecordKind
from wanqi.rules.errors import ValueRefused

from . import homes, values


def clean_record(pack: Pack, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a record as they are stored; `values` in JSON form, without what is unknown.

    Raises RowInvalid: messages at `kind`, or at the field's name in the vocabulary.
    """
    clean = dict(given)
    kind = homes.record_kind(pack, clean.get("kind") or "")
    kept = checked_fields(kind, clean.get("values") or {})
    if clean["kind"] == "ip":
        _refuse_property(kept.get("kind"))
    if not kept:
        raise RowInvalid({"": [f"请至少填写一项，{kind.title}不能是空的。"]})
    clean["values"] = kept
    clean["label"] = label_of(kind, kept)
    if isinstance(clean.get("source"), str):
        clean["source"] = clean["source"].strip()
    return clean


def checked_fields(kind: RecordKind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return field → JSON value for what is known. Raises RowInvalid with a message per field."""
    problems: dict[str, list[str]] = {}
    kept: dict[str, Any] = {}
    for name in given:
        if name not in kind.fields:
            problems.setdefault("", []).append(f"{kind.title}没有“{name}”这一项。")
    for name, spec in kind.fields.items():
        try:
            value = values.check_value(spec, given.get(name))
        except ValueRefused as refused:
            problems[name] = [f"{spec.title}：{refused.message}{refused.hint}"]
            continue
        if value is not None and value != "":
            kept[name] = values.as_json(spec, value)
        elif spec.required:
            problems[name] = [f"请填写{spec.title}。"]
    if problems:
        raise RowInvalid(problems)
    return kept


def _refuse_property(kind: Any) -> None:
    if kind == homes.SECRET_IP:
        said = "本系统为非涉密系统，不得登记国防专利的任何内容，请按保密规定办理。"
        raise RowInvalid({"kind": [said]})
    home = homes.IP_KINDS.get(str(kind))
    if home:
        raise RowInvalid({"kind": [f"{kind}登记在“{home}”台账中，请到那里登记。"]})


def label_of(kind: RecordKind, kept: Mapping[str, Any]) -> str:
    """Return what a record is called on screen."""
    value = kept.get(kind.label)
    if value in (None, ""):
        return kind.title
    return str(in_words(kind, kind.label, value))[:300]


def in_words(kind: RecordKind, name: str, value: Any) -> str:
    """Return a stored field as people read it; unknown is an em dash."""
    spec = kind.fields[name]
    try:
        return values.in_words(spec, values.check_value(spec, value))
    except ValueRefused:
        return str(value)  # kept under an earlier vocabulary


def clean_coverage(pack: Pack, given: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """Return the columns of a coverage as they are stored. Raises RowInvalid."""
    clean = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    if "kind" in clean:
        homes.record_kind(pack, clean["kind"] or "", covered=True)
    until = clean.get("complete_until")
    if isinstance(until, date) and until > today:
        raise RowInvalid({"complete_until": [f"{until.isoformat()}还没有到，只能写到今天为止。"]})
    return clean
