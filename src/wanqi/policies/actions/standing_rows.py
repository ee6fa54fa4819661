"""Writers of standings as rows: a few by name, many by COPY; what moved to another bucket leaves a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from ..models import Standing, Track
from ..standings.population import SCHEMA
from ..standings.words import further, word
from ..standings.working import Answer

COLUMNS = (
    "organisation_id", "track_id", "rule_id", "verdict", "why", "short", "bucket", "unmet", "unknown", "missing",
    "further", "score_low", "score_high", "amount_low", "amount_high", "holds_until", "digest", "on",
)  # fmt: skip
Values = tuple[Any, ...]
Causes = Mapping[int, list[str] | None]  # organisation → what changed; None is everything
Held = Mapping[tuple[int, int], Values]
_BUCKET = COLUMNS.index("bucket")
_QUOTED = ", ".join(f'"{name}"' for name in COLUMNS)
_UPSERT = (
    f"INSERT INTO policies_standing ({_QUOTED}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608 - our names
    "ON CONFLICT (organisation_id, track_id) DO UPDATE SET evaluated_at = statement_timestamp(), "
    + ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in COLUMNS[2:])
)
_CHANGED = "INSERT INTO policies_standingchange (track_id, organisation_id, old, new, cause) VALUES (%s, %s, %s, %s, %s)"


def held(organisations: Sequence[int]) -> dict[tuple[int, int], Values]:
    """Return (organisation, track) → the stored columns but the day, of some organisations."""
    rows = Standing.objects.filter(organisation__in=organisations).values_list(*COLUMNS[:-1])
    return {row[:2]: (*row[:-1], bytes(row[-1])) for row in rows}


def values_of(answer: Answer, track: Track, on: date) -> Values:
    """Return the columns of an answer."""
    return (
        answer.organisation, track.pk, track.rule_id, answer.verdict, answer.why, answer.short, answer.bucket,
        word(answer.unmet), word(answer.unknown), word(answer.missing),
        further(answer.unmet, answer.unknown, answer.missing), *answer.score, *answer.amount, answer.holds_until,
        answer.digest, on,
    )  # fmt: skip


def write_few(
    rows: Iterable[Values],
    gone: Iterable[tuple[int, int]],
    before: Held,
    causes: Causes,
) -> int:
    """Write the rows that differ from those held before and take away those gone; returns how many were written.

    causes: organisation → what changed; None where it is compared for the first time, which leaves no trace.
    """
    written, changes = list[Values](), list[Values]()
    for row in rows:
        key, old = (row[0], row[1]), before.get((row[0], row[1]))
        if old is not None and old == row[:-1]:
            continue
        written.append(row)
        cause = causes.get(key[0])
        if old is not None and old[_BUCKET] != row[_BUCKET]:
            changes.append((key[1], key[0], old[_BUCKET], row[_BUCKET], cause))
        elif old is None and cause is not None:
            changes.append((key[1], key[0], None, row[_BUCKET], cause))
    left = list(gone)
    changes += [(track, one, before[one, track][_BUCKET], None, causes.get(one)) for one, track in left]
    with connection.cursor() as cursor:
        if left:
            statement = "DELETE FROM policies_standing WHERE organisation_id = %s AND track_id = %s"
            cursor.executemany(statement, left)
        if written:
            cursor.executemany(_UPSERT, written)
        if changes:
            cursor.executemany(_CHANGED, changes)
    return len(written)


def stored_tracks(
    organisations: Sequence[int], on: date
) -> dict[int, tuple[int, int | None, int | None, bool]] | None:
    """Return track → how many standings organisations have on it, least and greatest rule, whether a day has come.

    None where one of them has no standing at all.
    """
    statement = """
        SELECT track_id, count(*), min(rule_id), max(rule_id), coalesce(bool_or(holds_until <= %s), false)
        FROM policies_standing WHERE organisation_id = ANY(%s) GROUP BY track_id
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [on, list(organisations)])
        found = {track: (count, least, most, come) for track, count, least, most, come in cursor.fetchall()}
    known = Standing.objects.filter(organisation__in=organisations).order_by()
    some = known.values("organisation").distinct().count()
    return found if some == len(organisations) else None


def write_many(
    frame: pl.DataFrame,
    organisations: Sequence[int],
    *,
    on: date,
    causes: Causes,
    tracks: Sequence[int] | None = None,
) -> None:
    """Replace the standings of some organisations, every one or on some tracks.

    frame: as `population.rows_of`, with track_id and rule_id.
    """
    held_rows = Standing.objects.filter(organisation__in=organisations)
    if tracks is not None:
        held_rows = held_rows.filter(track__in=tracks)
    old = pl.DataFrame(
        list(held_rows.values_list("organisation_id", "track_id", "bucket")),
        schema={"organisation": pl.Int64, "track_id": pl.Int64, "old": pl.Int64},
        orient="row",
    )
    out = frame.select(
        pl.col("organisation").alias("organisation_id"),
        "track_id",
        "rule_id",
        *(name for name in SCHEMA if name not in ("organisation", "programme", "digest", "holds_until")),
        "holds_until",
        pl.format("\\x{}", "digest").alias("digest"),
        pl.lit(on).alias("on"),
    ).select(COLUMNS)
    with connection.cursor() as cursor:
        if old.height:
            cursor.execute(
                "DELETE FROM policies_standing WHERE organisation_id = ANY(%s) AND track_id = ANY(%s)",
                [list(organisations), old["track_id"].unique().to_list()],
            )
        with cursor.copy(f"COPY policies_standing ({_QUOTED}) FROM STDIN (FORMAT csv)") as copy:
            copy.write(out.write_csv(include_header=False, quote_style="necessary").encode())
        changes = _changes(old, frame, causes)
        if changes:
            cursor.executemany(_CHANGED, changes)


def _changes(old: pl.DataFrame, new: pl.DataFrame, causes: Causes) -> list[Values]:
    """Return what moved, came or went; what came with everything else, as at the first filling, leaves no trace."""
    if not old.height and all(one is None for one in causes.values()):
        return []
    joined = old.join(
        new.select("organisation", "track_id", "bucket"),
        on=["organisation", "track_id"],
        how="full",
        coalesce=True,
    ).filter(pl.col("old").ne_missing(pl.col("bucket")))
    rows = joined.select("track_id", "organisation", "old", "bucket").iter_rows()
    moved = [(*row, causes.get(row[1])) for row in rows]
    return [row for row in moved if row[2] is not None or row[-1] is not None]


def write_groups(rows: Sequence[Values]) -> None:
    """Write (organisation, region, size_class, clusters, problem) of organisations."""
    statement = """
        INSERT INTO policies_grouping (organisation_id, region_id, size_class, clusters, problem)
        VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (organisation_id) DO UPDATE SET region_id = EXCLUDED.region_id, clusters = EXCLUDED.clusters,
            size_class = EXCLUDED.size_class, problem = EXCLUDED.problem
        WHERE (policies_grouping.region_id, policies_grouping.size_class, policies_grouping.clusters,
               policies_grouping.problem)
            IS DISTINCT FROM (EXCLUDED.region_id, EXCLUDED.size_class, EXCLUDED.clusters, EXCLUDED.problem)
    """
    with connection.cursor() as cursor:
        if rows:
            cursor.executemany(statement, rows)
