"""How much memory a run may take: what the command line says, in bytes and in the words of each engine."""

from __future__ import annotations

import os
import re

from wanqi.rules.population.errors import FactsRefused

BUFFERS = "1GB"  # of polars and duckdb, which read and write in parts
LEAST_OF_SPARK = 10**9  # a Java machine with less does not get through the planning of thirty programmes
_UNITS = {
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}


def given(text: str | None) -> str:
    """Return what the buffers of polars or duckdb may take, in DuckDB's notation; raises FactsRefused for no size."""
    if text is None:
        return BUFFERS
    size(text)
    return text


def of_spark(text: str | None) -> str:
    """Return the memory of Spark's Java machine in its notation; without a text half of what this machine has.

    Raises FactsRefused for a text that is no size, or too small for Spark.
    """
    if text is None:
        return _mebibytes(max(installed() // 2, LEAST_OF_SPARK))
    asked = size(text)
    if asked < LEAST_OF_SPARK:
        hint = "请至少写 --memory 1GB，或换用 --engine duckdb。"
        raise FactsRefused("match.memory", "--memory", f"“{text}” 不够 Spark 使用", hint=hint)
    return _mebibytes(asked)


def size(text: str) -> int:
    """Return the bytes that a text such as `1GB`, `1.5 GiB` or `800MB` means; raises FactsRefused for another."""
    found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?([KMGT]I?B)", text.strip().upper())
    number = float(found[1]) if found else 0.0
    if found is None or not number:
        hint = "请写成 2GB、800MB 这样的大小。"
        raise FactsRefused("match.memory", "--memory", f"“{text[:20]}” 不是内存大小", hint=hint)
    return int(number * _UNITS[found[2]])


def installed() -> int:
    """Return the bytes of memory of this machine."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _mebibytes(asked: int) -> str:
    return f"{asked // 2**20}m"
