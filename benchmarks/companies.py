"""A million made-up organisations: marked as demonstration, named so that a search finds two of them or a tenth."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg

from wanqi.registry import codes

from .ground import REGION

SEED = 430682
SOURCE = "性能测试数据"
NOW = datetime(2023, 6, 30, 8, tzinfo=UTC)
PLACES = {
    "临湘": 30,
    "岳阳": 25,
    "湖南": 20,
    "洞庭": 5,
    "君山": 4,
    "云溪": 4,
    "华容": 4,
    "平江": 4,
    "汨罗": 4,
}
TRADES = {
    "科技": 20, "化工": 14, "建材": 12, "贸易": 12, "农业": 10, "机械": 8, "食品": 8, "商贸": 8, "物流": 7, "电子": 7,
    "新材料": 6, "纺织": 5, "服饰": 5, "竹木": 5, "渔具": 5, "浮标": 4, "茶业": 4, "医药": 4, "饲料": 4, "油脂": 3,
    "环保": 3, "包装": 3, "印务": 2, "陶瓷": 2, "矿业": 2, "冷链": 1, "钓具": 1, "砖茶": 1,
}  # fmt: skip
FORMS = {"有限公司": 70, "有限责任公司": 15, "股份有限公司": 3, "厂": 7, "专业合作社": 5}
BRAND = (
    "东祥泰福尔程金叶环宇国发比德众望鼎盛恒达瑞丰宏远华兴嘉诚永安康利佳美新源天成海容正大中和顺通广隆昌茂润泽"
    "博雅凯旋龙腾飞翔骏业启明星辰光耀凌云志高百川千山万里长江湖清波蓝青绿白银玉石林森木竹松柏梅兰菊荷"
)
COLUMNS = (
    "region_id", "office_id", "is_demonstration", "version", "created_at", "updated_at", "withdrawn_at",
    "withdrawn_reason", "credit_code", "name", "name_pinyin", "former_names", "kind", "area_id", "gbt4754_code",
    "established_on", "address", "source",
)  # fmt: skip


def load(owner_url: str, *, rows: int, areas: Mapping[str, int], offices: Sequence[int]) -> None:
    """Write the organisations by COPY and a history row for each; the search index is built after them.

    Statistics and visibility are brought up to date as autovacuum would within minutes.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
        found = connection.execute("SELECT pg_get_indexdef('organisation_search'::regclass)").fetchone()
        assert found is not None
        connection.execute("DROP INDEX organisation_search")
        # Row by row in one transaction the history trigger takes longer with every row before; at once it does not.
        connection.execute("ALTER TABLE registry_organisation DISABLE TRIGGER USER")
        with connection.cursor().copy(
            f"COPY registry_organisation ({', '.join(COLUMNS)}) FROM STDIN"
        ) as copy:
            for row in organisations(rows, areas=areas, offices=offices):
                copy.write_row(row)
        connection.execute(_history())
        connection.execute("ALTER TABLE registry_organisation ENABLE TRIGGER USER")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(found[0])
        connection.execute("VACUUM (ANALYZE) registry_organisation, registry_organisationevent")


def _history() -> str:
    """Return the statement that writes what the history trigger would for every row."""
    from django.apps import apps

    fields = apps.get_model("registry", "OrganisationEvent")._meta.concrete_fields
    names = ", ".join(field.column for field in fields if not field.column.startswith("pgh_"))
    return (
        f"INSERT INTO registry_organisationevent ({names}, pgh_created_at, pgh_label, pgh_obj_id)"
        f" SELECT {names}, created_at, 'insert', id FROM registry_organisation"
    )


def organisations(
    count: int, *, areas: Mapping[str, int], offices: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows, in the order of COLUMNS; the same for the same seed."""
    dice = random.Random(SEED)
    read: dict[str, str] = {}
    area_ids, weights = list(areas.values()), range(len(areas), 0, -1)
    for number in range(count):
        place = _drawn(dice, PLACES)
        name, key = _name(place, dice, read)
        moment = NOW - timedelta(seconds=dice.randrange(3 * 365 * 86400))
        withdrawn = dice.random() < 0.01
        yield (
            REGION,
            offices[number % len(offices)],
            True,
            1,
            moment,
            moment + timedelta(seconds=dice.randrange(86400)),
            moment if withdrawn else None,
            "性能测试" if withdrawn else "",
            None if dice.random() < 0.05 else credit_code(number),
            name,
            key,
            [_name(place, dice, read)[0]] if dice.random() < 0.03 else [],
            "enterprise",
            dice.choices(area_ids, weights)[0] if dice.random() < 0.97 else None,
            f"{dice.randrange(1300, 4400)}",
            date(1990, 1, 1) + timedelta(days=dice.randrange(12000)),
            f"演示地址{number % 997 + 1}号",
            SOURCE,
        )


def credit_code(number: int) -> str:
    """Return a code with both check digits for a number; its registration division is the region's."""
    digits = string.digits + string.ascii_uppercase.translate(str.maketrans("", "", "IOSVZ"))
    body = ""
    for _ in range(8):
        number, place = divmod(number, 31)
        body = digits[place] + body
    code = "91430682" + body + codes.organisation_check(body)
    return code + codes.credit_check(code)


def _name(place: str, dice: random.Random, read: dict[str, str]) -> tuple[str, str]:
    from wanqi.registry.actions import pinyin

    parts = (
        place,
        dice.choice(BRAND) + dice.choice(BRAND),
        _drawn(dice, TRADES),
        _drawn(dice, FORMS),
    )
    for part in parts:
        if part not in read:
            read[part] = pinyin(part)
    return "".join(parts), " ".join(read[part] for part in parts)


def _drawn(dice: random.Random, weighted: Mapping[str, int]) -> str:
    return dice.choices(list(weighted), list(weighted.values()))[0]
