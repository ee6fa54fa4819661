"""A population run: Parquet to Parquet in chunks, each written whole, so that a killed run goes on where it was.

In the folder of the answers: `parts/` with one file a chunk and `manifest.json` while it runs; at the end
`verdicts.parquet`, `plan.json` and the manifest. The same facts, plan and engine give the same bytes.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import polars as pl

from wanqi.rules.plan import Plan
from wanqi.rules.population import arranging, describing, failing, files, inspecting, memory
from wanqi.rules.population.errors import OutputRefused
from wanqi.rules.types import Scope

Engine = Literal["polars", "duckdb", "spark"]
Moved = Callable[[int, int], None]
VERDICTS = "verdicts.parquet"
PLAN = "plan.json"
MANIFEST = "manifest.json"
PARTS = "parts"
ROW_GROUP = 100_000


class Chunked(Protocol):
    """An engine that answers one chunk of rows after another."""

    chunk: int

    def answer(self, start: int, count: int, target: Path) -> None:
        """Write the answers for rows start to start + count into a Parquet file."""

    def close(self) -> None:
        """Let go of what is held."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many organisations meet a programme, do not, or cannot be told."""

    programme: str
    met: int
    unmet: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Summary:
    """rows: organisations answered; resumed: how many of them an earlier, unfinished run had answered."""

    rows: int
    counts: tuple[Counts, ...]
    resumed: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is asked: a plan over a folder of facts, by an engine, into a folder.

    memory: what the engine may take besides the rows of a part, such as `2GB`; chunk: rows a part; None for either: the
    engine's own.
    """

    plan: Plan
    scope: Scope
    facts: Path
    out: Path
    engine: Engine = "polars"
    titles: Mapping[str, str] = field(default_factory=dict)
    memory: str | None = None
    chunk: int | None = None


def _quiet(done: int, total: int) -> None:
    """Say nothing."""


def match(run: Run, *, moved: Moved = _quiet, arranged: Moved = _quiet) -> Summary:
    """Answer every organisation of the folder and return the counts. moved: called with (done, all) rows.

    arranged: the same for the rows of records that have to be put in order first.

    Raises FactsRefused before anything is written if a file or value is wrong, and for a file that was changed while it
    was read; OutputRefused for a folder that holds something else; DiskFull.
    """
    buffers = memory.given(run.memory)
    if run.engine == "spark":
        from wanqi.rules.backends.spark import require

        require()
        memory.of_spark(run.memory)
        buffers = memory.BUFFERS
    read = files.read(run.facts, run.plan, run.scope)
    _check_folder(run.out)
    paths = _paths(read)
    given = failing.seen(paths)
    with failing.watched(run.out, paths, given):
        warnings = read.warnings + inspecting.inspect(read, memory=buffers)
        told = describing.description(run.plan, run.titles)
        manifest = _manifest(run, read, given, told["digest"])
        earlier = _earlier(run.out, manifest)
        if earlier is not None and earlier["done"]:
            resumed = read.rows
            moved(read.rows, read.rows)
        else:
            resumed = _answered(run, read, manifest, earlier, moved, arranged)
            refusal = failing.changed(paths, given)
            if refusal is not None:
                _clear(run.out)
                raise refusal
            _write(run.out / PLAN, describing.as_text(told))
            _write(run.out / MANIFEST, _text({**manifest, "done": True}))
    shutil.rmtree(run.out / PARTS, ignore_errors=True)
    return Summary(read.rows, counts(run.out / VERDICTS, run.plan), resumed, warnings)


def counts(path: Path, plan: Plan) -> tuple[Counts, ...]:
    """Return how often every programme has each verdict in a file (or folder) of answers."""
    # Spark leaves checksums beside its files.
    rows = pl.scan_parquet(path / "*.parquet" if path.is_dir() else path)
    asked = [
        (pl.col(f"{one.id}.verdict") == code).sum().alias(f"{place}.{code}")
        for place, one in enumerate(plan.programmes)
        for code in (0, 1, 2)
    ]
    if not asked:
        return ()
    found = rows.select(asked).collect(engine="streaming").row(0)
    return tuple(
        Counts(one.id, found[3 * place + 2], found[3 * place], found[3 * place + 1])
        for place, one in enumerate(plan.programmes)
    )


def _answered(
    run: Run,
    read: files.Facts,
    manifest: Mapping[str, Any],
    earlier: Mapping[str, Any] | None,
    moved: Moved,
    arranged: Moved,
) -> int:
    """Start or go on; return how many rows were answered before."""
    if earlier is None:
        _clear(run.out)
        (run.out / PARTS).mkdir(parents=True, exist_ok=True)
        _write(run.out / MANIFEST, _text({**manifest, "done": False}))
    return _answer(run, read, manifest, moved, arranged)


def _answer(run: Run, read: files.Facts, manifest: Mapping[str, Any], moved: Moved, arranged: Moved) -> int:
    """Answer what is left and put the parts together; return how many rows were answered before."""
    if run.engine == "spark":
        from wanqi.rules.population.by_spark import answer_all

        size = memory.of_spark(run.memory)
        answer_all(run.plan, read, run.out / VERDICTS, folder=run.out / PARTS, memory=size)
        moved(read.rows, read.rows)
        return 0
    chunk: int = manifest["chunk"]
    starts = range(0, max(read.rows, 1), chunk)
    targets = [run.out / PARTS / f"part-{start // chunk:05d}.parquet" for start in starts]
    resumed = sum(min(chunk, read.rows - at) for at, one in zip(starts, targets, strict=True) if one.exists())
    if resumed < read.rows:
        read = arranging.arranged(
            read, run.out / PARTS, chunk=chunk, memory=memory.given(run.memory), moved=arranged
        )
    engine = _engine(run, read)
    try:
        moved(resumed, read.rows)
        done = resumed
        for start, target in zip(starts, targets, strict=True):
            if target.exists():
                continue
            unfinished = target.with_suffix(".unfinished")
            engine.answer(start, min(chunk, read.rows - start), unfinished)
            _settle(unfinished, target)
            done += min(chunk, read.rows - start)
            moved(done, read.rows)
    finally:
        engine.close()
    _join(targets, run.out / VERDICTS)
    return resumed


def _engine(run: Run, read: files.Facts) -> Chunked:
    if run.engine == "duckdb":
        from wanqi.rules.population.by_duckdb import ByDuckDb

        return ByDuckDb(run.plan, read, folder=run.out / PARTS, memory=memory.given(run.memory))
    from wanqi.rules.population.by_polars import ByPolars

    return ByPolars(run.plan, read)


def _chunk(engine: Engine) -> int:
    from wanqi.rules.population import by_duckdb, by_polars

    return by_duckdb.CHUNK if engine == "duckdb" else by_polars.CHUNK


def _join(parts: Sequence[Path], target: Path) -> None:
    """Put the parts into one file in their order; a single part is that file."""
    if len(parts) == 1:
        _settle(parts[0], target)
        return
    unfinished = target.with_suffix(".unfinished")
    rows = pl.scan_parquet(list(parts))
    rows.sink_parquet(unfinished, compression="zstd", compression_level=1, row_group_size=ROW_GROUP)
    _settle(unfinished, target)


def _check_folder(out: Path) -> None:
    """Raise OutputRefused unless the folder is absent, empty, or holds what such a run left."""
    hint = "请用 --out 指定一个空文件夹，或上次比对用的文件夹。"
    if any(sign in str(out) for sign in files.PATTERN):
        cause = f"路径里有通配符（{' '.join(files.PATTERN)} 之一）"
        raise OutputRefused("match.folder", str(out), cause, hint="请换一个文件夹名。")
    if out.exists() and not out.is_dir():
        raise OutputRefused("match.folder", str(out), "不是文件夹", hint=hint)
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise OutputRefused("match.folder", str(out), "文件夹里有别的文件", hint=hint)


def _manifest(run: Run, read: files.Facts, given: failing.Seen, digest: str) -> dict[str, Any]:
    chunk = run.chunk or _chunk(run.engine)
    return {"engine": run.engine, "plan": digest, "chunk": chunk, "rows": read.rows, "facts": given}


def _paths(read: files.Facts) -> list[Path]:
    return [read.path, *(one.path for one in read.records if one.path is not None)]


def _earlier(out: Path, manifest: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the manifest of an earlier run of exactly this, None if there is none."""
    try:
        found: dict[str, Any] = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = {name: value for name, value in found.items() if name != "done"} == dict(manifest)
    if not same or (found.get("done") and not (out / VERDICTS).exists()):
        return None
    return found


def _clear(out: Path) -> None:
    """Take away what another run left."""
    shutil.rmtree(out / PARTS, ignore_errors=True)
    for name in (VERDICTS, PLAN, MANIFEST):
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    _settle(unfinished, path)


def _settle(unfinished: Path, path: Path) -> None:
    """Give a complete file its name, once its bytes are on the disk."""
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def _text(manifest: Mapping[str, Any]) -> str:
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
