"""`python -m benchmarks [name …] [--json FILE]`: run, print a table, say which goals were missed."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import tables
from .alone import alone, tell
from .ground import Options
from .results import Result, machine, table, write_json

# name → module; the quick ones first
BENCHMARKS = {
    "start": "start",
    "engine": "engine",
    "population": "engine_population",
    "match": "engine_match",
    "auditor": "auditor",
    "matching": "matching",
    "report": "reporting",
    "enterprise": "enterprise",
    "import": "importing",
    "organisations": "organisations",
    "standings": "standings",
    "check": "checking",
    "board": "board",
}


def main() -> int:
    """Run what the command line names; 0 when every goal was met, 1 when one was missed."""
    defaults = Options()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; all without any"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results and the machine's facts")
    parser.add_argument(
        "--seconds", type=float, default=defaults.seconds, help="of load for each kind of request"
    )
    parser.add_argument("--rate", type=float, default=defaults.rate, help="requests a second")
    parser.add_argument("--rows", type=int, default=defaults.rows, help="organisations in the list")
    parser.add_argument("--stations", type=int, default=defaults.stations, help="rows of the imported tables")
    parser.add_argument(
        "--rounds", type=int, default=defaults.rounds, help="repetitions of which the quickest counts"
    )
    parser.add_argument(
        "--match-rows", type=int, default=defaults.match_rows, help="organisations that `match` answers"
    )
    parser.add_argument(
        "--population-rows",
        type=int,
        default=defaults.population_rows,
        help="organisations of `population`",
    )
    parser.add_argument(
        "--list-names", type=int, default=defaults.list_names, help="names that `matching` looks for"
    )
    parser.add_argument(
        "--enterprises",
        type=int,
        default=defaults.enterprises,
        help="enterprises beside the one of `enterprise`",
    )
    parser.add_argument(
        "--write", action="store_true", help="write the sections of the docs that were measured"
    )
    parser.add_argument("--keep", action="store_true", help="leave the databases, to look into them")
    parser.add_argument("--reuse", action="store_true", help="take up databases that --keep left")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    os.chdir(Path(__file__).resolve().parent.parent)
    options = Options(**{name: getattr(given, name) for name in vars(defaults)})
    results: list[Result] = []
    with alone():
        facts, at = machine(), datetime.now(UTC)
        for name in given.names or BENCHMARKS:
            tell(f"— {name}")
            results += importlib.import_module(f"benchmarks.{BENCHMARKS[name]}").run(options)
    facts["load_after"] = [round(load, 2) for load in os.getloadavg()]
    print(report(facts, results))
    if given.write:
        write_sections(given.names or list(BENCHMARKS), results, facts=facts, at=at)
    if given.json:
        write_json(given.json, results, facts=facts, at=at)
    return int(any(result.verdict == "missed" for result in results))


def write_sections(
    names: Sequence[str], results: Sequence[Result], *, facts: Mapping[str, Any], at: datetime
) -> None:
    """Write the results of the benchmarks that have a section of a page into it."""
    for name in names:
        module = importlib.import_module(f"benchmarks.{BENCHMARKS[name]}")
        if hasattr(module, "SECTION"):
            own = [one for one in results if one.benchmark == module.NAME]
            text = tables.section(own, facts, at=at, packages=module.PACKAGES)
            tables.write_section(module.SECTION, text, page=getattr(module, "PAGE", tables.PAGE))


def report(facts: dict[str, object], results: list[Result]) -> str:
    """Return the machine's facts, the table and the notes as text."""
    lines = [f"{name}: {value}" for name, value in facts.items()]
    notes = [f"{result.benchmark}, {result.what}: {result.note}" for result in results if result.note]
    return "\n".join([*lines, "", table(results), *(["", *notes] if notes else [])])


if __name__ == "__main__":
    sys.exit(main())
