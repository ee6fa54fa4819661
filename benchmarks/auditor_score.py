"""`python -m benchmarks.auditor_score [--write | --missed | --counts]`: how well the auditor does on its corpus.

Prints the tables; with --write they replace those kept in docs/explanation/auditor.md.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "auditor.md"
PLACE = "<!-- {edge} of the measured tables -->"


def main() -> int:
    """Print, and write where asked; 0 when no error was false."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.auditor_score", description=__doc__)
    parser.add_argument(
        "--write", action="store_true", help="replace the tables in docs/explanation/auditor.md"
    )
    parser.add_argument(
        "--missed", action="store_true", help="list every false error and every miss with its message"
    )
    parser.add_argument(
        "--counts", action="store_true", help="write the rules' counts that the registry demotes by"
    )
    parser.add_argument("--mutants", type=int, default=2400, metavar="N", help="one-digit mutants to make")
    parser.add_argument("corpus", nargs="*", help="corpus files (JSON) instead of the kept ones")
    given = parser.parse_args()
    os.chdir(ROOT)
    from benchmarks import auditor_tables

    files = [Path(name) for name in given.corpus]
    if given.missed:
        print(auditor_tables.missed(files))
        return 0
    if given.counts:
        auditor_tables.write_counts(ROOT / "src/wanqi/figures/prose/counts.json", mutants=given.mutants)
        return 0
    text, false = auditor_tables.everything(files, count=given.mutants)
    print(text)
    if given.write:
        write(text)
    return int(false > 0)


def write(text: str) -> None:
    """Put the tables between the two marks of the page; raise ValueError where the page has no marks."""
    begin, end = (PLACE.format(edge=edge) for edge in ("begin", "end"))
    page = PAGE.read_text(encoding="utf-8")
    changed, times = re.subn(
        f"{re.escape(begin)}.*{re.escape(end)}",
        lambda _: f"{begin}\n\n{text}\n\n{end}",
        page,
        flags=re.DOTALL,
    )
    if times != 1:
        raise ValueError(f"{PAGE} needs the marks {begin} and {end} once each")
    PAGE.write_text(changed, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
