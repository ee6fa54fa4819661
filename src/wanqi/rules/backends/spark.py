"""Spark: the dialect, and a local session with the settings the plans rely on."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wanqi.rules.backends.sql import SparkSql

__all__ = ["JAVA", "LIMIT", "SETTINGS", "SparkSql", "missing", "require", "session"]

# DECIMAL(38,0) holds a little less than 128 bits.
LIMIT = 10**38 - 1

# ANSI: overflow and wrong casts are errors. No ${…} is replaced in texts, and days are days everywhere.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.variable.substitute": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.codegen.wholeStage": "true",
    "spark.ui.enabled": "false",
}

# What Spark generates for a plan is longer than what Java compiles unless told to; interpreted it is many times slower.
JAVA = "-XX:-DontCompileHugeMethods"

# Standard error belongs to our own progress and warnings.
QUIET = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}


def missing() -> str | None:
    """Return what this machine lacks to run Spark, None if nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark"
    return None if shutil.which("java") else "Java 17"


def require() -> None:
    """Raise EngineMissing, naming what to install, where Spark cannot run."""
    lacking = missing()
    if lacking is not None:
        from wanqi.rules.population.errors import EngineMissing

        hint = "请运行 make spark，或换用 --engine polars、--engine duckdb。"
        raise EngineMissing("match.engine", "spark", f"没有安装 {lacking}", hint=hint)


def session(
    master: str = "local[*]",
    *,
    folder: Path | None = None,
    memory: str = "2g",
    settings: Mapping[str, str] | None = None,
) -> Any:
    """Return a Spark session in this process, with its own files in a folder.

    settings: Spark's own, beside those the plans rely on. Raises EngineMissing, naming what to install.
    """
    require()
    from pyspark.sql import SparkSession

    told = {
        "spark.driver.memory": memory,
        "spark.driver.extraJavaOptions": JAVA,
        **QUIET,
        **(settings or {}),
        **SETTINGS,
    }
    if folder is not None:
        told |= {"spark.sql.warehouse.dir": str(folder), "spark.local.dir": str(folder)}
    builder = SparkSession.builder.master(master).appName("wanqi")
    for name, value in told.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
