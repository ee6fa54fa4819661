"""Columns of codes: what `wanqi evaluate` refuses of one organisation, as a condition over a whole column."""

from __future__ import annotations

from dataclasses import dataclass

from wanqi.rules.backends.sql import SparkSql, Sql
from wanqi.rules.programmes.organisations import PROGRAMME, wrong_code, wrong_programme
from wanqi.rules.types import CodeRule, Scope


@dataclass(frozen=True, slots=True)
class CodesLike:
    """Codes of a list, e.g. of GB/T 4754."""

    rule: CodeRule

    def broken(self, column: str, sql: Sql) -> str:
        """Return the condition that a value is none of these codes."""
        heads = sorted({len(one) for one in self.rule.prefixes})
        known = " OR ".join(
            f"LEFT({column}, {size}) IN ({_listed([one for one in self.rule.prefixes if len(one) == size], sql)})"
            for size in heads
        )
        digits = _matches(column, f"^[0-9]{{2,{self.rule.digits}}}$", sql)
        return f"NOT {digits} OR NOT ({known})"

    def wrong(self, value: str) -> tuple[str, str] | None:
        """Return what is wrong with a value and what to do."""
        return wrong_code(value, self.rule)


@dataclass(frozen=True, slots=True)
class TitlesLike:
    """Ids of programmes: known ones, or well-formed ones of regions that are not in use."""

    scope: Scope

    def broken(self, column: str, sql: Sql) -> str:
        """Return the condition that a value is none of these ids."""
        if self.scope.programmes is None:
            return "FALSE"
        known = (
            f"{column} IN ({_listed(sorted(self.scope.programmes), sql)})"
            if self.scope.programmes
            else "FALSE"
        )
        inside = " OR ".join(
            f"LEFT({column}, {len(one) + 1}) = {sql.literal(one + '.')}" for one in sorted(self.scope.regions)
        )
        formed = _matches(column, f"^{PROGRAMME}$", sql)
        return f"NOT ({known}) AND (NOT {formed} OR {inside or 'FALSE'})"

    def wrong(self, value: str) -> tuple[str, str] | None:
        """Return what is wrong with a value and what to do."""
        return wrong_programme(value, self.scope)


def _listed(values: list[str], sql: Sql) -> str:
    return ", ".join(sql.literal(one) for one in values)


def _matches(column: str, pattern: str, sql: Sql) -> str:
    text = sql.literal(pattern)
    return f"{column} RLIKE {text}" if isinstance(sql, SparkSql) else f"regexp_matches({column}, {text})"
