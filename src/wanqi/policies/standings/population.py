"""Standings of many organisations at once: the engine answers a folder, only what is open is looked into by row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from wanqi.rules.plan import Meeting
from wanqi.rules.population import answered, mask_columns
from wanqi.rules.programmes.reasoning import Reasons
from wanqi.rules.programmes.turning import crossing

from ..models import Verdict
from .words import further, word
from .working import Ruled, Working, bucket_of

ORGANISATIONS = "organisations.parquet"
UNTIL = "complete_until"
_UNSIGNED = (1 << 64) - 1
_CENT = pl.lit(pl.Series([1]).cast(pl.Decimal(4, 2))[0] / 100)
SCHEMA: Mapping[str, Any] = {
    "organisation": pl.Int64,
    "programme": pl.String,
    "verdict": pl.Int64,
    "why": pl.Int64,
    "short": pl.Int64,
    "bucket": pl.Int64,
    "unmet": pl.Int64,
    "unknown": pl.Int64,
    "missing": pl.Int64,
    "further": pl.String,
    "score_low": pl.Decimal(18, 4),
    "score_high": pl.Decimal(18, 4),
    "amount_low": pl.Decimal(20, 2),
    "amount_high": pl.Decimal(20, 2),
    "holds_until": pl.Date,
    "digest": pl.String,
}


def rows_of(
    folder: Path,
    working: Working,
    *,
    programmes: Collection[str] | None = None,
    holders: Mapping[str, Collection[int]] | None = None,
    turns: Mapping[int, date] | None = None,
) -> pl.DataFrame:
    """Return one row per organisation of a folder and programme, columns as `SCHEMA`; digest in hex.

    programmes: those that are asked; without, all. holders: programme → the organisations that are asked it, where
    not all are. turns: organisation → a day on which its data
    change by themselves. Raises FactsRefused for a value that no snapshot takes.
    """
    found = answered(folder, working.plan, working.prepared.pack.rule_scope)
    asked = {id: one for id, one in working.ruled.items() if programmes is None or id in programmes}
    later = _turns(folder, working.on, asked, found["id"], turns or {})
    facts = _Facts(found)
    parts = [_programme(ruled, facts, later, (holders or {}).get(id)) for id, ruled in asked.items()]
    return pl.concat([one.cast(SCHEMA) for one in parts]) if parts else pl.DataFrame(schema=SCHEMA)  # type: ignore[arg-type]


class _Facts:
    """The answered frame, and its rows as snapshots when they are asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self.found: dict[int, dict[str, Reasons]] = {}
        self._rows: list[dict[str, object]] | None = None

    def row(self, place: int) -> dict[str, object]:
        if self._rows is None:
            self._rows = self.frame.to_dicts()
        return self._rows[place]


def _programme(
    ruled: Ruled, facts: _Facts, later: pl.DataFrame, asked: Collection[int] | None
) -> pl.DataFrame:
    id, frame = ruled.compiled.id, facts.frame
    wanted = None if asked is None else set(asked)
    places = [at for at, one in enumerate(frame["id"]) if wanted is None or one in wanted]
    chosen = frame if asked is None else frame[places]
    verdicts = chosen[f"{id}.verdict"].to_list()
    unmet, unknown = (_masks(chosen, ruled, which) for which in ("unmet", "unknown"))
    told = [
        _told(ruled, facts, place, verdict, low, high)
        for place, verdict, low, high in zip(places, verdicts, unmet, unknown, strict=True)
    ]
    masks = list(zip(unmet, unknown, (one[1] for one in told), strict=True))
    texts = _texts(chosen, ruled.inputs)
    return pl.DataFrame(
        {
            "organisation": chosen["id"],
            "programme": pl.Series([id] * chosen.height, dtype=pl.String),
            "verdict": pl.Series(verdicts, dtype=pl.Int64),
            "why": pl.Series([one[0] for one in told], dtype=pl.Int64),
            "short": pl.Series([one[2] for one in told], dtype=pl.Int64),
            "bucket": pl.Series(
                [
                    bucket_of(verdict, why, short)
                    for verdict, (why, _, short) in zip(verdicts, told, strict=True)
                ],
                dtype=pl.Int64,
            ),
            "unmet": pl.Series([word(one) for one in unmet], dtype=pl.Int64),
            "unknown": pl.Series([word(one) for one in unknown], dtype=pl.Int64),
            "missing": pl.Series([word(one[1]) for one in told], dtype=pl.Int64),
            "further": pl.Series([_array(further(*one)) for one in masks], dtype=pl.String),
            **_ends(chosen, ruled, "score"),
            **_ends(chosen, ruled, "amount"),
            "holds_until": later[id] if asked is None else later[id][places],
            "digest": pl.Series([ruled.digest_of(text).hex() for text in texts], dtype=pl.String),
        }
    )


def _texts(frame: pl.DataFrame, inputs: Sequence[str]) -> list[str]:
    """Return the inputs of every row as `Ruled.digest_of` takes them."""
    if not inputs:
        return [""] * frame.height
    written = [pl.col(name).cast(pl.String).fill_null("\x00") for name in inputs]
    found: list[str] = frame.select(pl.concat_str(written, separator="\x1f").alias("text"))["text"].to_list()
    return found


def _told(
    ruled: Ruled, facts: _Facts, place: int, verdict: int, unmet: int, unknown: int
) -> tuple[int | None, int, int | None]:
    if verdict != Verdict.UNKNOWN:
        return ruled.reasons(verdict, unmet, unknown, {}, {})
    return ruled.reasons(verdict, unmet, unknown, facts.row(place), facts.found.setdefault(place, {}))


def _masks(frame: pl.DataFrame, ruled: Ruled, which: Any) -> list[int]:
    """Return the whole masks of every row, from words of 64 bits."""
    names = mask_columns(ruled.compiled, which)
    found = [one & _UNSIGNED for one in frame[names[0]]]
    for place, name in enumerate(names[1:], start=1):
        found = [
            low | (high & _UNSIGNED) << (64 * place) for low, high in zip(found, frame[name], strict=True)
        ]
    return found


def _array(words: list[int] | None) -> str | None:
    return None if words is None else "{" + ",".join(map(str, words)) + "}"


def _ends(frame: pl.DataFrame, ruled: Ruled, what: str) -> dict[str, pl.Series]:
    """Return both ends of a score in 分 or an amount in 元, null where nothing is measured."""
    id = ruled.compiled.id
    pair = ruled.compiled.score if what == "score" else ruled.compiled.amount
    kind = SCHEMA[f"{what}_low"]
    found = {}
    for side, end in (("low", "lo"), ("high", "hi")):
        if pair is None:
            found[f"{what}_{side}"] = pl.Series([None] * frame.height, dtype=kind)
            continue
        column = frame[f"{id}.{what}_{end}"]
        found[f"{what}_{side}"] = column if what == "score" else _yuan(column)
    return found


def _yuan(fen: pl.Series) -> pl.Series:
    return pl.select(fen.cast(pl.Decimal(20, 0)) * _CENT).to_series().cast(pl.Decimal(20, 2))


# --- when to look again ---------------------------------------------------------------------------


def _turns(
    folder: Path, on: date, asked: Mapping[str, Ruled], ids: pl.Series, own: Mapping[int, date]
) -> pl.DataFrame:
    """Return `id` and per programme the first later day on which its answers could change, as `next_turn` has it."""
    seen = _Seen(folder, on, ids)
    kept = pl.Series("own", [own.get(one) for one in ids], dtype=pl.Date)
    columns: dict[str, pl.Series] = {}
    for id, ruled in asked.items():
        turns = ruled.compiled.turns
        days = [seen.meeting(one) for one in turns.meetings] + [seen.end(kind) for kind in turns.kinds]
        given = [kept, *(one for one in days if one is not None)]
        if turns.fixed:
            given.append(pl.Series([turns.fixed[0]] * len(ids), dtype=pl.Date))
        frame = pl.DataFrame([one.alias(f"d{place}") for place, one in enumerate(given)])
        columns[id] = frame.select(pl.min_horizontal(pl.all()).alias("day"))["day"]
    return pl.DataFrame({"id": ids, **columns})


class _Seen:
    """The days of a folder's facts and records, each looked through once."""

    def __init__(self, folder: Path, on: date, ids: pl.Series) -> None:
        self._folder, self._on, self._ids = folder, on, ids
        self._meetings: dict[Meeting, pl.Series | None] = {}
        self._ended: dict[str, pl.Series | None] = {}

    def meeting(self, one: Meeting) -> pl.Series | None:
        """Return for every organisation the first day on which a date of it is met, None where none has one."""
        if one not in self._meetings:

            def turn(value: date) -> date | None:
                return crossing(one.day, value, on=self._on, how=one.how)

            self._meetings[one] = self._first(self._dates(one), turn)
        return self._meetings[one]

    def end(self, kind: str) -> pl.Series | None:
        """Return for every organisation the first day for which its list of a kind says nothing any more."""
        if kind not in self._ended:

            def turn(value: date) -> date | None:
                return value + timedelta(days=1) if self._on <= value < date.max else None

            self._ended[kind] = self._first(self._column(kind, UNTIL), turn)
        return self._ended[kind]

    def _dates(self, one: Meeting) -> pl.DataFrame | None:
        if one.kind is not None:
            return self._column(one.kind, one.name)
        whole = pl.scan_parquet(self._folder / ORGANISATIONS)
        names = [name for name in whole.collect_schema() if name.split("@")[0] == one.name]
        if not names:
            return None
        return pl.concat([whole.select("id", pl.col(name).alias("day")) for name in names]).collect()

    def _column(self, kind: str, name: str) -> pl.DataFrame | None:
        path = self._folder / f"{kind}.parquet"
        if not path.is_file():
            return None
        rows = pl.scan_parquet(path)
        return (
            rows.select("id", pl.col(name).alias("day")).collect() if name in rows.collect_schema() else None
        )

    def _first(self, days: pl.DataFrame | None, turn: Callable[[date], date | None]) -> pl.Series | None:
        if days is None:
            return None
        days = days.drop_nulls()
        met = {value: turn(value) for value in days["day"].unique()}
        if not any(met.values()):
            return None
        found = days.with_columns(
            pl.col("day").replace_strict(list(met), list(met.values()), return_dtype=pl.Date)
        )
        least = found.group_by("id").agg(pl.col("day").min())
        return self._ids.to_frame("id").join(least, on="id", how="left", maintain_order="left")["day"]
