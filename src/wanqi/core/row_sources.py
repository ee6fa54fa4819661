"""Where counted rows come from: each app that owns some registers them here, so that who counts imports no owner."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, models
from django.db.models import F, Func, TextField

from .errors import SourceMissing
from .models import Area

# (region, fields, recorded) → one row per record that was not withdrawn. Columns: `id` (String), the fields as
# wanqi.rules.frame types them (an area by its code), `is_demonstration` and `evidence` (Boolean).
# recorded: the moment whose knowledge is asked for; None is now.
Rows = Callable[[str, Sequence[str], datetime | None], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class RowSource:
    """The rows of one record kind, and the register they stand in.

    fields: record field → its value as the register's model names it in an audit row's `field`.
    paths: record field → where the model has it, `relation__field` included; a field without is read from `rows` only.
    tables: the tables of the database that decide what `rows` returns now.
    """

    kind: str
    model: type[models.Model]
    rows: Rows
    fields: Mapping[str, str]
    paths: Mapping[str, str]
    tables: frozenset[str]


TOGETHER = 10_000  # ids whose rows the database sends as one value

_SOURCES: dict[str, RowSource] = {}


def register(source: RowSource) -> None:
    """Make the rows of a record kind countable; call it when the owning app is ready."""
    _SOURCES[source.kind] = source


def source_of(kind: str) -> RowSource:
    """Return who provides a record kind. Raises SourceMissing when nobody does."""
    try:
        return _SOURCES[kind]
    except KeyError:
        raise SourceMissing(f"数据类别“{kind}”没有登记台账。", hint="请核对指标定义的 records。") from None


def registered() -> tuple[str, ...]:
    """Return the record kinds that somebody provides."""
    return tuple(_SOURCES)


def of_model(kind: str, model: type[models.Model], fields: Mapping[str, str] | Sequence[str]) -> RowSource:
    """Return the source of a register whose record fields are columns of one model (or of what it points to).

    fields: record field → model field, or `relation__field` (read as it stands now); equal names as a sequence.
    Money (2 decimals) becomes whole fen, other decimals 10⁻⁸; an empty text is unknown; a relation to an area its code.
    """
    named = dict(fields) if isinstance(fields, Mapping) else {name: name for name in fields}
    columns = {name: _Column(model, path) for name, path in named.items()}

    def rows(region: str, asked: Sequence[str], recorded: datetime | None = None) -> pl.DataFrame:
        return _read(model, columns, region, asked, recorded)

    audited = {name: path.split("__")[0] for name, path in named.items()}
    read: set[type[models.Model]] = {
        model,
        Area,
        *(column.target for column in columns.values() if column.relation),
    }
    return RowSource(kind, model, rows, audited, named, frozenset(one._meta.db_table for one in read))


class _Column:
    """How one record field is read from the model: which column, which type, in which whole units."""

    def __init__(self, model: type[models.Model], path: str) -> None:
        at, _, further = path.partition("__")
        self.relation = at if further else ""
        field: Any = model._meta.get_field(at)
        if further:
            self.target: type[models.Model] = field.related_model
            self.further = further
            field = self.target._meta.get_field(further)
        else:
            self.further = ""
        self.is_area = not further and field.related_model is Area
        self.name = model._meta.get_field(at).attname  # type: ignore[union-attr]
        self.type = _type_of(field)
        self.is_decimal = isinstance(field, models.DecimalField)
        is_text = self.type == pl.String or isinstance(self.type, pl.List)
        self.is_quoted = is_text and not self.relation and not self.is_area

    @property
    def asked(self) -> Any:
        """What is selected: the column, a list as JSON."""
        is_list = isinstance(self.type, pl.List)
        return Func(F(self.name), function="to_json", output_field=TextField()) if is_list else F(self.name)

    def series(self, texts: pl.Series, codes: Mapping[int, str]) -> pl.Series:
        """Return the column of a frame, from the values as the database writes them; an empty text is unknown."""
        if self.relation or self.is_area:
            ids = texts.cast(pl.Int64)
            known: Mapping[int, str | None] = codes if self.is_area else self._followed(ids)
            texts = ids.replace_strict(
                list(known), list(known.values()), default=None, return_dtype=pl.String
            )
        if self.is_decimal:  # written with all its decimals: without the point it is in whole units
            return texts.str.replace(".", "", literal=True).cast(pl.Int64)
        if self.type == pl.Boolean:
            return texts == "true"
        if isinstance(self.type, pl.List):
            return texts.str.json_decode(self.type)
        if self.type == pl.Date:
            return texts.str.to_date("%Y-%m-%d")
        return texts.replace("", None) if self.type == pl.String else texts.cast(self.type)

    def _followed(self, ids: pl.Series) -> Mapping[int, str | None]:
        """Return what stands behind a relation, by id."""
        rows = self.target._default_manager.filter(pk__in=ids.drop_nulls().unique().to_list())
        return {
            key: None if value is None else str(value) for key, value in rows.values_list("pk", self.further)
        }


def _type_of(field: Any) -> Any:
    """Return the frame's type of a model field; decimals are whole units of their last place."""
    if isinstance(field, models.DateField):
        return pl.Date
    if isinstance(field, models.BooleanField):
        return pl.Boolean
    if isinstance(field, models.IntegerField | models.DecimalField):
        return pl.Int64
    return pl.List(pl.String) if field.get_internal_type() == "ArrayField" else pl.String


def _read(
    model: type[models.Model],
    columns: Mapping[str, _Column],
    region: str,
    asked: Sequence[str],
    recorded: datetime | None,
) -> pl.DataFrame:
    known = [name for name in asked if name in columns]
    has_evidence = any(field.name == "evidence" for field in model._meta.concrete_fields)
    evidence = {"evidence": F("evidence_id")} if has_evidence else {}
    found = _current(model, region) if recorded is None else _past(model, region, recorded)
    wanted = {columns[name].name: columns[name].asked for name in known}
    quoted = {columns[name].name for name in known if columns[name].is_quoted}
    always = {"id": F("id"), "is_demonstration": F("is_demonstration")}
    texts = _texts(found, {**always, **evidence, **wanted}, quoted)
    codes = dict(Area.objects.filter(region_id=region).values_list("id", "code"))
    empty = pl.Series([None], dtype=pl.String).new_from_index(0, texts.height)
    data = {
        "id": texts["id"],
        "is_demonstration": texts["is_demonstration"] == "true",
        "evidence": (texts["evidence"] if has_evidence else empty).is_not_null(),
    }
    data |= {name: columns[name].series(texts[columns[name].name], codes) for name in known}
    return pl.DataFrame(data | {name: empty for name in asked if name not in data})


def _texts(rows: Any, asked: Mapping[str, Any], quoted: Collection[str]) -> pl.DataFrame:
    """Return what is asked of a query as text, `id` first, in the order of the ids; null where the database has none.

    quoted: what may hold any character. The database writes the lines and sends thousands of them as one value: one
    message a row, as COPY has it, costs several times more than everything else.
    """
    statement, given = rows.order_by().values_list(*asked.values()).query.sql_with_params()
    named = [f"c{number}" for number in range(len(asked))]
    cells = ", ".join(_cell(name, name_of in quoted) for name, name_of in zip(named, asked, strict=True))
    lines = f"string_agg(concat_ws(',', {cells}) || E'\\n', '')"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {lines} FROM ({statement}) AS r({', '.join(named)}) GROUP BY c0 / {TOGETHER}",  # noqa: S608  # names
            given,
        )
        content = "".join(part for (part,) in cursor.fetchall()).encode()
    schema = dict.fromkeys(asked, pl.String)
    if not content:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(content, has_header=False, schema=schema).sort(pl.col("id").cast(pl.Int64))


def _cell(name: str, is_quoted: bool) -> str:
    """Return a value as a cell of CSV: quoted where it may hold a comma, nothing where it is null."""
    text = f"'\"' || replace({name}::text, '\"', '\"\"') || '\"'" if is_quoted else f"{name}::text"
    return f"coalesce({text}, '')"


def _current(model: type[models.Model], region: str) -> Any:
    return model._default_manager.filter(region_id=region, withdrawn_at__isnull=True).order_by("id")


def _past(model: type[models.Model], region: str, recorded: datetime) -> Any:
    """Return the newest recorded state of each row at a moment, without those withdrawn or removed by then."""
    states = next(
        relation.related_model
        for relation in model._meta.related_objects
        if getattr(relation.related_model, "pgh_tracked_model", None) is model
    )._default_manager  # type: ignore[union-attr]
    newest = (
        states.filter(region_id=region, pgh_created_at__lte=recorded)
        .order_by("id", "-pgh_id")
        .distinct("id")
        .values("pgh_id")
    )
    return (
        states.filter(pgh_id__in=newest, withdrawn_at__isnull=True).exclude(pgh_label="delete").order_by("id")
    )
