"""Every organisation of a region as the folder of Parquet files that `wanqi match` reads; by COPY, chunk by chunk.

The same facts and records as `evaluating` gives for one organisation. `id` is the register's number.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import F, Func, JSONField, Q, QuerySet
from django.db.models.functions import Extract

from wanqi.core.packs import current_pack
from wanqi.packs import FactSpec, Pack, RecordKind

from ..models import Fact, Organisation, RecordCoverage, RecordRow
from . import homes
from .reading import open_sources
from .sources import FIRST_DAY, sources, stored_kinds

CHUNK = 10_000  # organisations
UNTIL = "complete_until"
ORGANISATIONS = "organisations"
DTYPES: Mapping[str, Any] = {
    "count": pl.Int64,
    "money": pl.Int64,
    "ratio": pl.Decimal(38, 8),
    "number": pl.Decimal(38, 4),
    "date": pl.Date,
    "bool": pl.Boolean,
    "set": pl.List(pl.String),
}


def population_parquet(
    region: str, directory: Path, *, on: date, among: tuple[int, int] | None = None
) -> int:
    """Write organisations.parquet and one file for each kind of records into `directory`; returns the organisations.

    on: the day as of which scalars count. among: first and last id of those that are wanted, all without. Statistical
    micro-data are left out. What stood in the files before is replaced when everything is written, so that a stopped
    run leaves no half of it.
    """
    pack = current_pack(region)
    kept = Q(region_id=region)
    if among is not None:
        kept &= Q(organisation_id__gte=among[0], organisation_id__lte=among[1])
    columns = _columns(kept, pack)
    stored = stored_kinds(region) if among is None else homes.kinds_covered(pack)
    kinds = [name for name in stored if name in homes.kinds_covered(pack)]
    kinds += [] if "former_names" in kinds else ["former_names"]
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory, prefix=".export-") as held:
        parts = Path(held)
        total = 0
        for number, (first, last) in enumerate(_ranges(region, among)):
            part = Q(region_id=region, organisation_id__gte=first, organisation_id__lte=last)
            own = _organisations(region, first, last, pack)
            total += own.height
            wide = own.join(_facts(part, pack, columns, on=on), on="id", how="left", maintain_order="left")
            _keep(wide, parts / ORGANISATIONS, number)
            for name in kinds:
                rows = _records(name, pack.records[name], part, (region, first, last))
                _keep(rows.filter(pl.col("id").is_in(own["id"].implode())), parts / name, number)
        for folder in parts.iterdir():
            whole = parts / f"{folder.name}.parquet"
            pl.scan_parquet(folder / "*.parquet").sink_parquet(whole)
            shutil.move(whole, directory / whole.name)
    return total


def _ranges(region: str, among: tuple[int, int] | None) -> Iterator[tuple[int, int]]:
    """Yield first and last id of chunks that hold every organisation in force; one of nothing where there is none."""
    rows = Organisation.objects.current().filter(region_id=region).order_by("pk")
    ids = list((rows if among is None else rows.filter(pk__range=among)).values_list("pk", flat=True))
    for start in range(0, max(1, len(ids)), CHUNK):
        part = ids[start : start + CHUNK]
        yield (part[0], part[-1]) if part else (0, 0)


def _keep(frame: pl.DataFrame, folder: Path, number: int) -> None:
    folder.mkdir(exist_ok=True)
    frame.write_parquet(folder / f"{number:05d}.parquet")


def copied(rows: QuerySet[Any], names: Sequence[str]) -> pl.DataFrame:
    """Return a query's columns as text, by COPY; null where the database has none."""
    statement, given = rows.query.sql_with_params()
    content = io.BytesIO()
    with connection.cursor() as cursor:
        asked = cursor.mogrify(f"COPY ({statement}) TO STDOUT (FORMAT csv)", given)
        with cursor.copy(asked) as copy:
            for data in copy:
                content.write(data)
    content.seek(0)
    schema = dict.fromkeys(names, pl.String)
    if not content.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(content, has_header=False, schema=schema)


def _columns(among: Q, pack: Pack) -> list[tuple[str, str, str]]:
    """Return (fact, period, name of the column) of everything anybody ever said of these."""
    kept = homes.facts_kept(pack)
    said = Fact.objects.filter(among, source_class__in=open_sources("matching"))
    pairs = set(said.order_by().values_list("fact", "period").distinct())
    return [
        (fact, period, f"{fact}@{period}" if period else fact)
        for fact, period in sorted(pairs)
        if fact in kept and (kept[fact].period == "annual") == bool(period)
    ]


def _organisations(region: str, first: int, last: int, pack: Pack) -> pl.DataFrame:
    """Return the organisations with the facts that are columns of theirs."""
    homed = {
        name: (spec, spec.home.partition(".")[2])
        for name, spec in pack.facts.items()
        if spec.home.startswith("organisation.")
    }
    rows = Organisation.objects.current().filter(region_id=region, pk__gte=first, pk__lte=last).order_by("pk")
    found = copied(rows.values_list("pk", *(column for _, column in homed.values())), ["id", *homed])
    return found.select(
        pl.col("id").cast(pl.Int64),
        *(_typed(pl.col(name).replace("", None), spec).alias(name) for name, (spec, _) in homed.items()),
    )


FACT = ("id", "fact", "period", "number", "text", "day", "flag", "items", "as_of", "class", "source")
ORDER = ("recorded", "pk", "withdrawn")


def _facts(among: Q, pack: Pack, columns: Sequence[tuple[str, str, str]], *, on: date) -> pl.DataFrame:
    """Return one row per organisation with the preferred value of every column; see `reading.standing` and `rank`."""
    rows = Fact.objects.filter(among, source_class__in=open_sources("matching")).order_by()
    rows = rows.filter(Q(superseded_at__isnull=True) | Q(period=""))  # of a year only the newest counts
    asked = rows.annotate(
        micro=Extract("recorded_at", "epoch"), listed=Func(F("items"), function="to_jsonb", output_field=JSONField())
    ).values_list(
        "organisation_id", "fact", "period", "number", "text", "day", "flag", "listed", "as_of", "source_class",
        "source", "micro", "pk", "withdrawn",
    )  # fmt: skip
    frame = copied(asked, [*FACT, *ORDER]).with_columns(
        pl.col("id").cast(pl.Int64),
        pl.col("pk").cast(pl.Int64),
        pl.col("recorded").cast(pl.Decimal(20, 6)),
        pl.col("as_of").str.to_date("%Y-%m-%d"),
        pl.col("period").fill_null(""),
    )
    return _wide(_preferred(frame, pack, on=on), pack, columns)


def _preferred(frame: pl.DataFrame, pack: Pack, *, on: date) -> pl.DataFrame:
    """Return one row per organisation, fact and period."""
    source = ["id", "fact", "period", "class", "source"]
    day = pl.when(pl.col("period") == "").then(pl.col("as_of"))
    places = pl.DataFrame(
        [
            {"fact": name, "class": one, "place": at}
            for name, spec in pack.facts.items()
            for at, one in enumerate(spec.prefer)
        ],
        schema={"fact": pl.String, "class": pl.String, "place": pl.Int64},
    )
    return (
        frame.with_columns(day.alias("day_of"))
        .sort("recorded", "pk")
        .unique([*source, "day_of"], keep="last", maintain_order=True)
        .filter((pl.col("withdrawn") == "f") & (pl.col("day_of").is_null() | (pl.col("day_of") <= on)))
        .sort(pl.col("day_of").fill_null(date.min), maintain_order=True)
        .unique(source, keep="last", maintain_order=True)
        .join(places, on=["fact", "class"], how="left")
        .with_columns(pl.col("place").fill_null(len(places)), pl.col("day_of").fill_null(date.min))
        .sort("place", "day_of", "recorded", "pk", descending=[False, True, True, True])
        .unique(["id", "fact", "period"], keep="first", maintain_order=True)
    )


def _wide(frame: pl.DataFrame, pack: Pack, columns: Sequence[tuple[str, str, str]]) -> pl.DataFrame:
    """Return one row per organisation, one column per fact and year, typed as match reads them."""
    wide = frame.select("id").unique(maintain_order=True)
    parts = frame.partition_by("fact", "period", as_dict=True)
    for fact, period, name in columns:
        spec = pack.facts[fact]
        part = parts.get((fact, period))
        if part is None:
            wide = wide.with_columns(pl.lit(None, dtype=DTYPES.get(spec.type, pl.String)).alias(name))
            continue
        value = _typed(pl.col(_COLUMN.get(spec.type, "text")), spec)
        wide = wide.join(part.select("id", value.alias(name)), on="id", how="left", maintain_order="left")
    return wide


_COLUMN = {
    **dict.fromkeys(("count", "money", "ratio", "number"), "number"),
    "date": "day",
    "bool": "flag",
    "set": "items",
}


def _typed(text: pl.Expr, spec: Any) -> pl.Expr:
    """Return a column of text as the type that match reads: money in whole fen."""
    match spec.type:
        case "money":
            return (text.cast(pl.Decimal(38, 8)) * 100).cast(pl.Int64)
        case "count":
            return text.cast(pl.Decimal(38, 8)).cast(pl.Int64)
        case "ratio" | "number":
            return text.cast(pl.Decimal(38, 8)).cast(DTYPES[spec.type])
        case "date":
            return text.str.to_date("%Y-%m-%d")
        case "bool":
            return text.replace_strict(
                {"t": True, "f": False, "true": True, "false": False}, default=None, return_dtype=pl.Boolean
            )
        case "set":
            return text.str.json_decode(pl.List(pl.String))
    return text


def _records(name: str, kind: RecordKind, among: Q, place: tuple[str, int, int]) -> pl.DataFrame:
    """Return the rows of a kind with their ends: see docs/reference/match.md."""
    fields = {field: spec for field, spec in kind.fields.items() if spec.type != "area"}
    frames = [_stored(name, fields, among)]
    for source in sources():
        if source.kind == name:
            shared = [field for field in source.fields if field in fields]
            found = copied(source.among(among), ["id", *source.fields]).select("id", *shared)
            frames.append(_fitted(found, fields))
    if name == "former_names":
        frames.append(_former_names(fields, place))
    rows = pl.concat(frames)
    ends = copied(
        RecordCoverage.objects.current()
        .filter(among, kind=name)
        .values_list("organisation_id", "complete_until"),
        ["id", UNTIL],
    ).with_columns(pl.col("id").cast(pl.Int64), pl.col(UNTIL).str.to_date("%Y-%m-%d"))
    open_ended = rows.select("id").unique().join(ends, on="id", how="anti")
    ends = pl.concat([ends, open_ended.with_columns(pl.lit(FIRST_DAY).alias(UNTIL))])
    return pl.concat([rows, ends], how="diagonal").sort("id", maintain_order=True)


def _stored(name: str, fields: Mapping[str, Any], among: Q) -> pl.DataFrame:
    """Return the rows that have no register of their own, from their JSON."""
    rows = RecordRow.objects.current().filter(among, kind=name)
    found = copied(rows.order_by("pk").values_list("organisation_id", "values"), ["id", "values"])
    if not found.height:
        return _fitted(pl.DataFrame(schema={"id": pl.String}), fields)
    shape = pl.Struct(
        {field: pl.List(pl.String) if one.type == "set" else pl.String for field, one in fields.items()}
    )
    decoded = found.select("id", _as_texts(found["values"], fields).str.json_decode(shape).alias("values"))
    return _fitted(decoded.unnest("values"), fields)


def _as_texts(values: pl.Series, fields: Mapping[str, FactSpec]) -> pl.Series:
    """Return the JSON with every plain value as text: the decoder takes one type for a field."""
    import json

    return pl.Series(
        [
            json.dumps(
                {
                    name: value
                    if isinstance(value, list)
                    else ("t" if value else "f")
                    if isinstance(value, bool)
                    else str(value)
                    for name, value in json.loads(text).items()
                    if name in fields and value is not None
                },
                ensure_ascii=False,
            )
            for text in values
        ],
        dtype=pl.String,
    )


def _fitted(found: pl.DataFrame, fields: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows with every field of the kind, typed; an absent field is unknown."""
    given = found.columns
    return found.select(
        pl.col("id").cast(pl.Int64),
        *(
            (
                pl.col(name)
                if name in given and found.schema[name] == pl.List(pl.String)
                else _typed(pl.col(name), spec)
                if name in given
                else pl.lit(None, dtype=DTYPES.get(spec.type, pl.String))
            ).alias(name)
            for name, spec in fields.items()
        ),
    )


def _former_names(fields: Mapping[str, Any], place: tuple[str, int, int]) -> pl.DataFrame:
    """Return the former names that the register of organisations keeps."""
    region, first, last = place
    rows = Organisation.objects.current().filter(region_id=region, pk__gte=first, pk__lte=last)
    named = rows.exclude(former_names=[]).annotate(
        given=Func(F("former_names"), function="unnest", output_field=JSONField())
    )
    return _fitted(copied(named.order_by("pk").values_list("pk", "given"), ["id", "name"]), fields)
