"""Spark: the dialect, and a local session with the settings the plans rely on."""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

from wanqi.rules.backends.sql import SparkSql

__all__ = ["LIMIT", "SETTINGS", "SparkSql", "missing", "session"]

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


def missing() -> str | None:
    """Return what this machine lacks to run Spark, None if nothing."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark"
    return None if shutil.which("java") else "Java 17"


def session(master: str = "local[*]", *, memory: str = "2g") -> Any:
    """Return a Spark session in this process. Raises EngineMissing, naming what to install."""
    lacking = missing()
    if lacking is not None:
        from wanqi.rules.population.errors import EngineMissing

        hint = "请运行 make spark，或换用 --engine polars、--engine duckdb。"
        raise EngineMissing("match.engine", "spark", f"没有安装 {lacking}", hint=hint)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("wanqi").config("spark.driver.memory", memory)
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()
