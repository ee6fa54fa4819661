"""A hundred thousand stations from a table of fifteen columns, through `wanqi import`: time, memory, again, undone."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from wanqi.cli.cluster import Urls

from . import tables
from .ground import CACHE, REGION, Options, fresh, processor, server, tell
from .results import Result

NAME = "import"
SECTION, PAGE, PACKAGES = "import", tables.PERFORMANCE, ("django", "psycopg", "python-calamine")
TIME_GOAL, MEMORY_GOAL = 60.0, 500.0  # seconds, MB
PROFILE = "tower-stations"
COLUMNS = (
    "序号", "站址编码", "站址名称", "片区", "运营商", "建成日期", "开通日期", "经度", "纬度", "塔型", "塔高（米）",
    "机房类型", "供电方式", "维护人", "备注说明",
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One run of the command: seconds, those of processor, the most memory it held at once in MB, what it said."""

    seconds: float
    processor: float
    memory: float
    said: str


def run(options: Options) -> list[Result]:
    """Write the tables, import each into an empty register, import it again, and undo the first batch."""
    CACHE.mkdir(parents=True, exist_ok=True)
    results = []
    with server() as cluster:
        for form, write, read in (("XLSX", write_xlsx, read_xlsx), ("CSV", write_csv, read_csv)):
            path = CACHE / f"stations.{form.lower()}"
            write(path, options.stations)
            with fresh(cluster, f"bench_import_{form.lower()}", options=options) as urls:
                results += _measured(form, path, read, urls, options)
            path.unlink()
    return results


def _measured(
    form: str, path: Path, read: Callable[[Path], int], urls: Urls, options: Options
) -> Iterator[Result]:
    began = time.perf_counter()
    assert read(path) > options.stations
    reading = time.perf_counter() - began
    first = imported(path, urls)
    _expect(options.stations)
    again = imported(path, urls)
    _expect(options.stations)
    began = time.perf_counter()
    undo()
    undone = time.perf_counter() - began
    _expect(0)
    what = f"{form}, {options.stations:,} × {len(COLUMNS)}"
    size = {"MB of file": round(path.stat().st_size / 1e6, 1)}
    yield Result(
        benchmark=NAME,
        what=what,
        value=first.seconds,
        unit="s",
        goal=TIME_GOAL,
        ratio=first.seconds / reading,
        against="merely reading the cells",
        more={
            "rows/s": round(options.stations / first.seconds),
            "processor s": round(first.processor, 1),
            **size,
        },
        note=f"the whole command, its start included; it said: …{first.said[-60:]}",
    )
    yield Result(
        benchmark=NAME,
        what=f"{what}, memory",
        value=first.memory,
        unit="MB",
        goal=MEMORY_GOAL,
        note="the most the command's process held at once; the database's processes not counted",
    )
    yield Result(
        benchmark=NAME,
        what=f"{what}, again",
        value=again.seconds,
        unit="s",
        goal=TIME_GOAL,
        ratio=again.seconds / first.seconds,
        against="the first import",
        more={"MB": round(again.memory)},
        note=f"the same file once more changes nothing; it said: …{again.said[-60:]}",
    )
    yield Result(
        benchmark=NAME,
        what=f"{what}, undone",
        value=undone,
        unit="s",
        ratio=undone / first.seconds,
        against="the first import",
        note="the first batch undone as a whole; every row is withdrawn and stays readable",
    )


def imported(path: Path, urls: Urls) -> Run:
    """Run `wanqi import` on a file. Raises RuntimeError with what it said when it refuses."""
    env = {**os.environ, "DATABASE_URL": urls.app_url, "DATABASE_OWNER_URL": urls.owner_url}
    argv = [sys.executable, "-m", "wanqi.cli.main", "import", PROFILE, str(path), "--region", REGION]
    began = time.perf_counter()
    child = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    memory, worked = 0.0, 0.0
    # Read from the process itself: what the kernel tells its parent includes the moment of its fork.
    while child.poll() is None:
        memory, worked = max(memory, most_memory(child.pid)), max(worked, processor(child.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - began
    assert child.stdout is not None
    said = " ".join(child.stdout.read().split())
    child.stdout.close()
    tell(f"{path.name}: {seconds:.1f} s, {worked:.1f} s of processor, {memory:.0f} MB, {said}")
    if child.returncode != 0:
        raise RuntimeError(f"wanqi import ended with {child.returncode}: {said}")
    return Run(seconds, worked, memory, said)


def most_memory(pid: int) -> float:
    """Return the most memory a living process has held at once, in MB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


def undo() -> None:
    """Undo the batch that brought the rows in."""
    from wanqi.core.access import command_actor
    from wanqi.registry.actions import undo_now
    from wanqi.registry.models import ImportBatch

    undo_now(ImportBatch.objects.earliest("id"), actor=command_actor("benchmarks"))


def _expect(count: int) -> None:
    from wanqi.projects.models import Site

    found = Site.objects.filter(region_id=REGION).current().count()
    if found != count:
        raise RuntimeError(f"{found:,} stations stand in the register, not {count:,}")


# --- the tables -------------------------------------------------------------------------------------------


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows below the head, in the order of COLUMNS; every day is the text clerks' systems write."""
    for number in range(1, count + 1):
        opened = date(2019, 11, 1) + timedelta(days=number * 7919 % 1337)
        built = opened - timedelta(days=5 + number % 55)
        yield (
            number,
            f"测速-{number:06d}",
            f"测速站址{number:06d}",
            f"演示片区{number % 8 + 1:02d}",
            ("中国移动", "中国电信", "中国联通", "中国广电")[number % 4],
            built,
            opened,
            113.4 + number % 1000 / 1000,
            29.4 + number % 777 / 1000,
            ("单管塔", "角钢塔", "楼面抱杆")[number % 3],
            15 + number % 40,
            ("一体化机柜", "砖混机房")[number % 2],
            "直供电" if number % 3 else "转供电",
            f"测速维护人{number % 97:02d}",
            "" if number % 5 else "演示数据，仅供测速",
        )


def write_xlsx(path: Path, count: int) -> None:
    """Write the table with a title line above its head, days as dates of the sheet."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("站址清单")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "站址清单（演示数据）")
        sheet.write_row(1, 0, COLUMNS)
        for line, row in enumerate(rows(count), start=2):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(line, column, value, day)
                else:
                    sheet.write(line, column, value)


def write_csv(path: Path, count: int) -> None:
    """Write the table in the encoding of Chinese office programs."""
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(count))


def read_xlsx(path: Path) -> int:
    """Return how many rows there are, read cell by cell with the library that the import uses."""
    from python_calamine import CalamineWorkbook

    return sum(1 for _ in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows())


def read_csv(path: Path) -> int:
    """Return how many rows there are, read with the standard library."""
    with path.open(encoding="gb18030", newline="") as file:
        return sum(1 for _ in csv.reader(file))
