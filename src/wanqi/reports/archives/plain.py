"""Plain data of the dataclasses a figure is computed from, and back: what is not known to be kept is refused."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from wanqi.indicators.evaluate import Period, read_period
from wanqi.packs.specs.base import Spec


def to_plain(value: Any) -> Any:
    """Return a value as JSON carries it: fractions as "a/b", days as ISO, periods by id, dataclasses by field.

    Raises TypeError for a kind of value that `from_plain` could not give back.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction():
            return str(value)
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case Period():
            return value.id
        case Mapping():
            return {str(key): to_plain(one) for key, one in value.items()}
        case list() | tuple():
            return [to_plain(one) for one in value]
        case frozenset() | set():
            return sorted(to_plain(one) for one in value)
    if isinstance(value, Spec):  # an item of the pack
        return value.model_dump(mode="json", by_alias=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value) if one.init}
    raise TypeError(f"an archive cannot keep {type(value).__name__}")


def from_plain(data: Any, hint: Any) -> Any:
    """Return the value that `to_plain` was given, by its type annotation.

    Fields that a dataclass no longer has are left out and those it has got since take their default, so that an
    archive of an older program can still be read. Raises TypeError for an annotation that is not understood,
    ValueError for data that does not fit.
    """
    if hint is Any:
        return data
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of(data, arguments)
    if origin is Literal:
        return data
    if origin is not None:
        return _collection(data, origin, arguments)
    reader = _READERS.get(hint)
    if reader is not None:
        return reader(data)
    if isinstance(hint, type) and issubclass(hint, Spec):
        return hint.model_validate_json(json.dumps(data))
    if is_dataclass(hint):
        return _dataclass(data, hint)
    raise TypeError(f"an archive cannot give back {hint!r}")


_READERS: Mapping[Any, Any] = {
    str: str,
    bool: bool,
    int: int,
    Fraction: Fraction,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Period: read_period,
}


def _one_of(data: Any, arguments: Sequence[Any]) -> Any:
    if data is None:
        return None
    real = [one for one in arguments if one is not type(None)]
    if len(real) != 1:
        raise TypeError(f"an archive cannot tell {real!r} apart")
    return from_plain(data, real[0])


def _collection(data: Any, origin: Any, arguments: Sequence[Any]) -> Any:
    if issubclass(origin, Mapping):
        key, value = arguments
        return {from_plain(name, key): from_plain(one, value) for name, one in data.items()}
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return tuple(from_plain(one, hint) for one, hint in zip(data, arguments, strict=True))
    found = (from_plain(one, arguments[0]) for one in data)
    return frozenset(found) if issubclass(origin, frozenset | set) else tuple(found)


def _dataclass(data: Mapping[str, Any], kind: Any) -> Any:
    hints = hints_of(kind)
    given = {
        one.name: from_plain(data[one.name], hints[one.name])
        for one in fields(kind)
        if one.init and one.name in data
    }
    lacking = [
        one.name
        for one in fields(kind)
        if one.init and one.name not in given and one.default is MISSING and one.default_factory is MISSING
    ]
    if lacking:
        raise ValueError(f"{kind.__name__}: {', '.join(lacking)}")
    return kind(**given)


@cache
def hints_of(kind: Any) -> Mapping[str, Any]:
    """Return the type annotation of each field of a dataclass."""
    return get_type_hints(kind)
