"""What is kept between requests equals what is counted anew, whoever wrote; only the touched is counted again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import cast
from tests.registry.tables import rows, table
from tests.registry.test_imports import imported
from tests.registry.test_nominations import nomination
from tests.registry.test_recognitions import recognition
from wanqi.cli.cluster import Cluster
from wanqi.core.row_sources import registered, source_of
from wanqi.indicators import kept
from wanqi.indicators.actions import (
    RANKINGS,
    correct_observation,
    create_observation,
    restore_observation,
    withdraw_observation,
)
from wanqi.indicators.actions.changes import forget_changes
from wanqi.indicators.evaluate import Announced, Reported, Table, read_period
from wanqi.indicators.evaluate.reporting import Shelf
from wanqi.indicators.evaluate.standing_on import ANNOUNCED, Source, sources
from wanqi.indicators.evaluation import evaluation_of
from wanqi.indicators.kept import kept_evaluation
from wanqi.indicators.models import Change, Observation, Ranking
from wanqi.projects.actions import correct_site, restore_site, withdraw_site
from wanqi.projects.models import Site
from wanqi.registry.actions import move_nomination, undo_now
from wanqi.registry.models import ImportBatch, Nomination, Recognition

stands = pytest.mark.django_db  # the others commit and have a database of their own
JUNE = read_period("2023H1")
TOTAL, TITLES, REPORTED, ITS_RANK = (
    "infra.5g.total",
    "sme.innovative",
    "industry.output",
    "industry.output.rank",
)


def shown(id: str = TOTAL) -> str:
    return kept_evaluation(cast.REGION).figure(id, JUNE).display


def output(value: int = 100, **more: Any) -> Observation:
    given = {"indicator": REPORTED, "period": "2023H1", "value": Decimal(value), "source": "月报", **more}
    return create_observation(given, actor=cast.machine(), region=cast.REGION)


def rank(number: int) -> Ranking:
    given = {
        "indicator": REPORTED,
        "period": "2023H1",
        "rank": number,
        "peer_set": "岳阳六县市",
        "source": f"通报{Ranking.objects.count()}",
    }
    return RANKINGS.create(given, actor=cast.machine(), region=cast.REGION)


def title(**more: Any) -> Recognition:
    return recognition(programme="cn.innovative-sme", **more)


@contextmanager
def another(cluster: Cluster, name: str, *, owner: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else's connection, in a transaction of its own."""
    urls = cluster.urls(name)
    with psycopg.connect(urls.owner_url if owner else urls.app_url) as other:
        yield other


@stands
def test_every_kind_of_writing_is_seen_at_once():
    station = cast.site("S-1", opened_on=date(2023, 5, 1))
    assert shown() == "1个"
    cast.site("S-2", opened_on=date(2023, 5, 2))
    assert shown() == "2个"
    correct_site(station, {"opened_on": date(2023, 7, 1)}, actor=cast.machine(), reason="核对")
    assert shown() == "1个"
    station.refresh_from_db()
    withdraw_site(station, actor=cast.machine(), reason="重复")
    assert shown() == evaluation_of(cast.REGION).figure(TOTAL, JUNE).display == "1个"


def test_what_another_transaction_writes_counts_from_its_end(committed_db: str, cluster: Cluster):
    cast.site("S-1", opened_on=date(2023, 5, 1))
    with another(cluster, committed_db) as other:
        other.execute("UPDATE projects_site SET opened_on = '2023-07-01'")
        cast.site("S-2", opened_on=date(2023, 5, 1))  # ends while the other is still under way
        assert shown() == "2个"
        other.commit()
        assert shown() == "1个"
        other.execute("UPDATE projects_site SET opened_on = '2023-05-01'")
        before = kept_evaluation(cast.REGION).figure(TOTAL, JUNE)
        other.rollback()
        assert kept_evaluation(cast.REGION).figure(TOTAL, JUNE) is before  # nothing was written after all


def test_what_this_transaction_takes_back_was_never_kept(committed_db: str):
    cast.site("S-1", opened_on=date(2023, 5, 1))
    before = kept_evaluation(cast.REGION).figure(TOTAL, JUNE)
    with transaction.atomic():
        output()  # now the transaction has a number
        cast.site("S-2", opened_on=date(2023, 5, 2))
        assert shown() == "2个"
        transaction.set_rollback(True)
    assert kept_evaluation(cast.REGION).figure(TOTAL, JUNE) is before
    early = kept_evaluation(cast.REGION)
    with transaction.atomic():
        title()  # its table was not read yet
        assert early.figure(TITLES, JUNE).value == 1
        transaction.set_rollback(True)
    assert kept_evaluation(cast.REGION).figure(TITLES, JUNE).value in (None, 0)


def test_a_transaction_that_read_before_it_wrote_is_seen_afterwards(committed_db: str):
    with transaction.atomic():
        cast.user(None, username="somebody")  # the transaction has a number, and nothing counted was written
        assert shown() == "—"
        cast.site("S-1", opened_on=date(2023, 5, 1))
    assert shown() == "1个"


def test_only_what_stands_on_the_written_is_counted_again(committed_db: str):
    cast.site("S-1", opened_on=date(2023, 5, 1))
    title()
    output(100)
    names = (TOTAL, "infra.5g.new", TITLES, REPORTED, "industry.firms", ITS_RANK)

    def figures() -> list[Any]:
        evaluation = kept_evaluation(cast.REGION)
        return [evaluation.figure(id, JUNE) for id in names]

    def again(write: Callable[[], object]) -> set[str]:
        before = figures()
        write()
        return {id for id, one, other in zip(names, before, figures(), strict=True) if one is not other}

    assert again(lambda: cast.site("S-2", opened_on=date(2023, 5, 2))) == {TOTAL, "infra.5g.new"}
    assert again(lambda: title(holder_name="另一家")) == {TITLES}
    assert again(lambda: output(101, source="快报")) == {REPORTED, ITS_RANK}
    assert again(lambda: rank(2)) == {ITS_RANK}
    assert again(lambda: cast.user(None, username="somebody")) == set()
    assert kept_evaluation(cast.REGION, area=cast.area().code).figure(TOTAL, JUNE).display == "2个"


def test_another_version_of_a_pack_file_is_another_pack(committed_db: str, cluster: Cluster):
    path = "cn-430682/indicators/infra.5g.yaml"
    cast.site("S-1", opened_on=date(2023, 5, 1))
    assert shown() == "1个"
    with another(cluster, committed_db, owner=True) as owner:
        owner.execute("UPDATE core_packfile SET active = false WHERE path = %s", [path])
        owner.execute(
            "INSERT INTO core_packfile (region_id, path, version, digest, active, content) "
            "SELECT region_id, path, '9999-1', "
            "'sha256:0', true, convert_to(replace(convert_from(content, 'UTF8'), '5G''', '4G'''), 'UTF8') "
            "FROM core_packfile WHERE path = %s",
            [path],
        )
    assert shown() == "0个"


# --- any writing ----------------------------------------------------------------------------------


def _newest(model: Any) -> Any:
    return model.objects.order_by("-pk").first()


def _turned(row: Any, withdraw: Callable[..., Any], restore: Callable[..., Any]) -> None:
    """Withdraw the row, or restore it where it was withdrawn."""
    if row is not None:
        turn = withdraw if row.withdrawn_at is None else restore
        turn(row, actor=cast.machine(), reason="核对")


def _corrected(row: Any, correct: Callable[..., Any], values: dict[str, Any]) -> None:
    if row is not None and row.withdrawn_at is None:
        correct(row, values, actor=cast.machine(), reason="核对")


def _moved(on: date) -> None:
    row = _newest(Nomination)
    if row is not None and row.stage == "企业已申报":
        move_nomination(row, to="县级推荐", on=max(on, row.stage_on), actor=cast.machine())


def _undone() -> None:
    batch = _newest(ImportBatch)
    if batch is not None and batch.state == ImportBatch.State.DONE:
        undo_now(batch, actor=cast.machine())


WAYS: dict[str, Callable[[int, date], object]] = {
    "a station": lambda n, on: cast.site(f"S-{Site.objects.count()}", opened_on=on, built_on=None),
    "a station without a day": lambda n, on: cast.site(f"S-{Site.objects.count()}", opened_on=None, built_on=None),
    "a station corrected": lambda n, on: _corrected(_newest(Site), correct_site, {"opened_on": on, "built_on": None}),
    "a station withdrawn": lambda n, on: _turned(_newest(Site), withdraw_site, restore_site),
    "an import": lambda n, on: imported(table(*rows(n))),
    "an import undone": lambda n, on: _undone(),
    "a title": lambda n, on: title(holder_name=f"第{n}家", granted_on=on, batch=str(_newest_pk())),
    "a nomination": lambda n, on: nomination(holder_name=f"第{n}家{_newest_pk()}"),
    "a stage": lambda n, on: _moved(on),
    "a value": lambda n, on: output(n, source=f"快报{Observation.objects.count()}", period=f"{on:%Y-%m}"),
    "a value of a peer": lambda n, on: output(n, source=f"快报{Observation.objects.count()}", peer="430681"),
    "a value corrected": lambda n, on: _corrected(
        _newest(Observation), correct_observation, {"value": Decimal(n * 7)}
    ),
    "a value withdrawn": lambda n, on: _turned(_newest(Observation), withdraw_observation, restore_observation),
    "a target": lambda n, on: output(
        n, indicator="infra.5g.target", period="2023", nature="target", source=f"文件{Observation.objects.count()}"
    ),
    "a rank": lambda n, on: rank(n),
    "nothing counted": lambda n, on: cast.user(None, username=f"u{n}-{on}-{_newest_pk()}"),
}  # fmt: skip


def _newest_pk() -> int:
    """A number nobody had before."""
    return (
        int(kept.state().snapshot.partition(":")[0]) * 1000
        + Observation.objects.count()
        + Nomination.objects.count()
    )


written = st.tuples(
    st.sampled_from(sorted(WAYS)), st.integers(1, 3), st.dates(date(2023, 4, 1), date(2023, 8, 31))
)


def test_what_is_kept_is_what_would_be_counted(committed_db: str):
    @given(st.lists(written, min_size=2, max_size=4), st.booleans())
    @settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
    def whatever_is_written(writes: list[tuple[str, int, date]], in_one: bool):
        for way, number, on in writes:
            if in_one:
                with transaction.atomic():
                    WAYS[way](number, on)
                    WAYS["a value"](number, on)
            else:
                WAYS[way](number, on)
            for area in (None, cast.area().code):
                now, anew = kept_evaluation(cast.REGION, area=area), evaluation_of(cast.REGION, area=area)
                assert now.reported == anew.reported
                for id in anew.definitions:
                    assert now.figure(id, JUNE) == anew.figure(id, JUNE), (way, id)

    whatever_is_written()


# --- what stands on what --------------------------------------------------------------------------


class _Tables(dict[str, Table]):
    used: set[Source]

    def get(self, kind: str, default: Any = None) -> Any:
        self.used |= {("rows", kind)} if kind else set()
        return super().get(kind, default)


class _Shelf(Shelf):
    used: set[Source]

    def found(self, id: str, *place: Any, **more: Any) -> list[Reported]:
        self.used.add(("reported", id))
        return super().found(id, *place, **more)


class _Announced(list[Announced]):
    used: set[Source]

    def __iter__(self) -> Iterator[Announced]:
        self.used.add(ANNOUNCED)
        return super().__iter__()


@pytest.mark.usefixtures("demo")
def test_a_figure_reads_nothing_but_what_it_is_said_to_stand_on():
    base = evaluation_of(cast.REGION)
    tables, shelf, said = _Tables(base.tables), _Shelf(base.reported), _Announced(base.announced)
    seen: set[Source] = set()
    for id in base.definitions:
        used: set[Source] = set()
        tables.used = shelf.used = said.used = used
        one = replace(base, tables=tables, announced=said, _done={}, _open=[], _shelves=[shelf])
        one.figure(id, JUNE)
        one.series(id, 2023, date(2023, 2, 28))
        assert used <= sources(base.definitions, id), id
        seen |= used
    assert {("rows", "sites"), ("reported", REPORTED), ANNOUNCED} <= seen


@stands
@pytest.mark.parametrize("kind", registered())
def test_every_table_that_rows_are_read_from_is_declared_and_watched(kind: str):
    source = source_of(kind)
    with transaction.atomic(), connection.cursor() as cursor:
        source.rows(cast.REGION, tuple(source.fields), None)
        cursor.execute(
            "SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation "
            "WHERE pid = pg_backend_pid() AND relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        read = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE proname IN ('wanqi_note_change', 'wanqi_note_credit_code') AND tgenabled = 'O'"
        )
        watched = {name for (name,) in cursor.fetchall()}
    assert source.model._meta.db_table in read
    assert read <= source.tables <= watched


def _until_nobody_is_older(transaction: int) -> None:
    """Wait for the transactions of other tests on this server, who might still have to see what was noted."""
    for _ in range(3_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > %s", [transaction])
            if cursor.fetchone()[0]:
                return
        time.sleep(0.1)
    raise AssertionError("a transaction of five minutes")


def test_notes_go_two_days_after_everybody_has_seen_them(committed_db: str, cluster: Cluster):
    cast.site("S-1")
    _until_nobody_is_older(Change.objects.get(source="projects_site").transaction)
    assert forget_changes() == 0  # the first mark
    with another(cluster, committed_db, owner=True) as owner:
        owner.execute("UPDATE indicators_change SET at = at - interval '3 days'")
    cast.site("S-2")
    assert forget_changes() >= 1
    assert Change.objects.filter(source="projects_site").count() == 1
    with another(cluster, committed_db, owner=True) as owner:
        owner.execute("UPDATE indicators_change SET at = at - interval '3 days' WHERE source <> ''")
        assert shown() == "2个"
        cast.site("S-3")
        assert shown() == "3个"


@stands
def test_each_reader_has_the_figures_and_not_the_work_under_way():
    one, other = kept_evaluation(cast.REGION), kept_evaluation(cast.REGION)
    assert one is not other
    assert one._open is not other._open
    assert one.figure(TOTAL, JUNE) == other.figure(TOTAL, JUNE)


@stands
def test_areas_are_kept_apart():
    cast.site("S-1", opened_on=date(2023, 5, 1))
    area = cast.area()
    assert kept_evaluation(cast.REGION, area="nowhere").figure(TOTAL, JUNE).display == "0个"
    assert shown() == "1个"
    assert kept_evaluation(cast.REGION, area=area.code).area == area.code
