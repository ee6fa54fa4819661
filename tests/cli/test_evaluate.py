"""`wanqi evaluate`: organisations as JSON lines in, verdicts out, without Django, a database or polars."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from wanqi.cli.evaluate import changes_of
from wanqi.rules import BOOL, tree
from wanqi.rules.plan import Compiled, Input, Member, Plan

ROOT = Path(__file__).resolve().parents[2]
FIRM = {
    "id": "a1",
    "facts": {
        "employees_total": {"2025": 320},
        "revenue": {"2025": "20000000.00", "2024": "18000000.00"},
        "gbt4754_code": "2614",
        "established_date": "2019-03-01",
    },
    "records": {
        "titles": [
            {
                "programme": "cn.high-tech",
                "grant_date": "2023-11-01",
                "valid_to": "2026-10-31",
                "kind": "首次",
            }
        ],
        "ip": [{"kind": "发明专利", "grant_date": "2022-05-01", "acquisition": "自主研发"}],
    },
}
KEYS = ["id", "programme", "version", "verdict", "why", "score", "amount", "missing", "conditions"]
NODE = {"id", "op", "verdict", "why", "value", "threshold", "gap", "unit", "article", "children"}


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command, with a last line that says which heavy packages it loaded."""
    code = (
        "import sys; from wanqi.cli.main import status_of; status = 0\n"
        "try: status = status_of(sys.argv[1:])\n"
        "except SystemExit as end: status = end.code\n"
        "print('loaded', [one for one in ('django', 'psycopg', 'polars', 'duckdb') if one in sys.modules])\n"
        "sys.exit(status)"
    )
    command = [sys.executable, "-W", "error", "-c", code, "evaluate", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, cwd=ROOT)


def evaluate(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    return run("--region", "cn", "--on", "2026-05-01", *arguments, given=given)


def lines(*organisations: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in organisations)


def answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    *answered, loaded = done.stdout.decode().splitlines()
    assert loaded == "loaded []"
    return [json.loads(line) for line in answered]


def test_every_programme_in_force_is_answered_in_order_with_the_keys_of_the_contract() -> None:
    done = evaluate(given=lines(FIRM, {"id": 2}))
    assert (done.returncode, done.stderr) == (0, b"")
    found = answers(done)
    assert [one["id"] for one in found] == ["a1"] * (len(found) // 2) + [2] * (len(found) // 2)
    for one in found:
        assert list(one)[: len(KEYS)] == KEYS
        assert one["version"] is not None
        assert one["verdict"] in ("met", "unmet", "unknown")
        check_node(one["conditions"])
    by_id = {one["programme"]: one for one in found[: len(found) // 2]}
    assert by_id["cn.size-class"]["verdict"] == "met"
    assert (by_id["cn.above-scale"]["why"], by_id["cn.above-scale"]["missing"]) == (
        "missing",
        ["main_revenue"],
    )


def check_node(node: dict[str, Any]) -> None:
    assert set(node) >= NODE
    assert node["op"] in ("all", "any", "n_of", "score", "leaf")
    for child in node["children"]:
        check_node(child)


def test_one_programme_with_its_gap() -> None:
    firm = {"id": "b", "facts": {"gbt4754_code": "2614", "main_revenue": {"2025": "19999999.99"}}}
    done = evaluate("--programme", "cn.above-scale", given=lines(firm))
    [found] = answers(done)
    assert (found["verdict"], found["why"], found["missing"]) == ("unmet", None, [])
    revenue = next(one for one in found["conditions"]["children"] if one["id"] == "revenue")
    assert [revenue[key] for key in ("verdict", "value", "threshold", "gap", "unit")] == [
        "unmet",
        "19999999.99",
        "20000000.00",
        "0.01",
        "元",
    ]
    assert revenue["article"]


def test_a_programme_without_a_version_in_force_is_answered_only_if_asked_for() -> None:
    done = run("--region", "cn", "--on", "2000-01-01", "--programme", "cn.srdi-sme", given=lines({"id": 1}))
    [found] = answers(done)
    assert {key: found[key] for key in KEYS} == {
        "id": 1,
        "programme": "cn.srdi-sme",
        "version": None,
        "verdict": "unmet",
        "why": "not_in_force",
        "score": None,
        "amount": None,
        "missing": [],
        "conditions": None,
    }
    assert answers(run("--region", "cn", "--on", "1990-01-01", given=lines({"id": 1}))) == []


def test_the_kind_chooses_the_version() -> None:
    asked = ("--programme", "cn.srdi-sme")
    [new] = answers(evaluate(*asked, given=lines({"id": 1})))
    [before] = answers(run("--region", "cn", "--on", "2026-03-31", *asked, given=lines({"id": 1})))
    [review] = answers(evaluate(*asked, "--kind", "review", given=lines({"id": 1})))
    assert (new["version"], before["version"], review["version"]) == ("2026-2", "2022-63", "2026-2")
    ids = [{one["id"] for one in found["conditions"]["children"]} for found in (new, review)]
    assert ids[0] == ids[1]


def test_derived_facts_stand_alone_or_beside_programmes() -> None:
    asked = ("--derive", "size_class", "--derive", "debt_ratio")
    alone = answers(evaluate(*asked, given=lines(FIRM)))
    assert alone == [{"id": "a1", "derived": {"size_class": "中型", "debt_ratio": None}}]
    both = answers(evaluate(*asked, "--programme", "cn.size-class", given=lines(FIRM)))
    assert [one.get("programme") for one in both] == ["cn.size-class", None]
    assert both[1] == alone[0]


def test_the_smallest_change_is_given_on_demand() -> None:
    firm = {"id": "b", "facts": {"gbt4754_code": "2614", "main_revenue": {"2025": "19999999.99"}}}
    [found] = answers(evaluate("--programme", "cn.above-scale", "--changes", given=lines(firm)))
    assert found["changes"] == {
        "verdict": "met",
        "possible": False,
        "facts": [
            {
                "fact": "main_revenue",
                "year": 2025,
                "records": None,
                "from": "19999999.99",
                "to": "20000000.00",
                "closed": True,
            }
        ],
    }


def test_of_a_choice_of_several_the_change_names_the_one() -> None:
    flag = Input("flags∋甲", BOOL, Member("flags", ("甲",)))
    stages = ((("c0", tree.Field(flag.name, BOOL)),), (("v0", tree.Field("c0", BOOL)),))
    asked = Compiled("cn.x", "2026-1", "", "v0", (("flag", "c0"),))
    plan = Plan("cn", date(2026, 5, 1), "new", (flag,), stages, (asked,))
    found = changes_of(plan, {flag.name: False}, "cn.x")
    assert found is not None
    assert [(one["fact"], one["value"], one["to"]) for one in found["facts"]] == [("flags", "甲", True)]


BAD = [
    (b"{", "line.unreadable", "JSON"),
    (b"[1]", "line.incomplete", "JSON"),
    (b'{"facts": {}}', "line.incomplete", "id"),
    (lines({"id": 1, "fact": {}}), "organisation.key", "facts"),
    (lines({"id": 1, "facts": {"revenu": {"2025": "1"}}}), "organisation.fact", "revenue"),
    (lines({"id": 1, "facts": {"size_class": "小型"}}), "organisation.derived", "size_class"),
    (lines({"id": 1, "facts": {"revenue": {"2025H1": "1"}}}), "organisation.year", "2025H1"),
    (lines({"id": 1, "facts": {"revenue": {"2025": 1.5}}}), "organisation.value", "revenue"),
    (lines({"id": 1, "facts": {"revenue": {"2025": "1.005"}}}), "organisation.value", "revenue"),
    (lines({"id": 1, "facts": {"employees_total": {"2025": "many"}}}), "organisation.value", "employees"),
    (lines({"id": 1, "facts": {"established_date": "2026-02-30"}}), "organisation.value", "2026-02-30"),
    (lines({"id": 1, "facts": {"product_policy_class": "鼓勵"}}), "organisation.value", "鼓励"),
    (lines({"id": 1, "facts": []}), "organisation.shape", "facts"),
    (lines({"id": 1, "records": {"title": []}}), "organisation.kind", "titles"),
    (lines({"id": 1, "records": {"ip": {}}}), "organisation.shape", "ip"),
    (lines({"id": 1, "records": {"ip": [{"kinds": "x"}]}}), "organisation.field", "kind"),
    (lines({"id": 1, "records": {"ip": [{"kind": "x"}]}}), "organisation.value", "kind"),
    (lines({"id": 1, "records": {"ip": [{"complete_until": "2026-01-01"}, {}]}}), "organisation.shape", "ip"),
    (lines({"id": 1, "records": {"ip": [{"complete_until": None}]}}), "organisation.value", "2025-12-31"),
    (lines({"id": 1, "facts": {"gbt4754_code": "C2614"}}), "organisation.code", "如 2614"),
    (lines({"id": 1, "facts": {"gbt4754_code": "26145"}}), "organisation.code", "4 位数字"),
    (lines({"id": 1, "facts": {"gbt4754_code": "9911"}}), "organisation.code", "没有 99"),
    (lines({"id": 1, "facts": {"digital_level": "九级"}}), "organisation.value", "四级"),
    (lines({"id": 1, "facts": {"net_assets": {"2025H1": "1"}}}), "organisation.year", "2025H1"),
    (lines({"id": 1, "records": {"titles": [{"programme": "cn.hightech"}]}}), "organisation.programme", "cn.high-tech"),
    (lines({"id": 1, "records": {"titles": [{"programme": "高新技术企业"}]}}), "organisation.programme", "编号"),
]  # fmt: skip


def test_bad_lines_are_told_and_the_others_are_answered() -> None:
    good = lines({"id": "good"})
    given = good + b"\n".join(line.rstrip(b"\n") for line, _, _ in BAD) + b"\n\n" + good
    done = evaluate("--programme", "cn.size-class", given=given)
    assert done.returncode == 1
    assert [one["id"] for one in answers(done)] == ["good", "good"]
    told = [json.loads(one) for one in done.stderr.splitlines()]
    assert [(one["line"], one["code"]) for one in told] == [
        (number, code) for number, (_, code, _) in enumerate(BAD, start=2)
    ]
    for one, (_, _, named) in zip(told, BAD, strict=True):
        assert list(one) == ["line", "code", "message", "hint"]
        assert named in one["message"] + one["hint"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--region", "cn"), "--on"),
        (("--region", "cn", "--on", "2026-5-1"), "2026-05-01"),
        (("--region", "xx", "--on", "2026-05-01"), "没有地区 xx"),
        (("--region", "cn", "--on", "2026-05-01", "--programme", "cn.srdi"), "是不是 cn.srdi-sme？"),
        (("--region", "cn", "--on", "2026-05-01", "--derive", "size_clas"), "是不是 size_class？"),
        (("--region", "cn", "--on", "2026-05-01", "--kind", "old"), "renewal"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_two(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 1


def test_packs_that_cannot_be_read_are_status_three(tmp_path: Path) -> None:
    done = evaluate("--packs", str(tmp_path / "none"), given=b"")
    assert (done.returncode, b"packs.no-folder" in done.stderr) == (3, True)
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "pack.yaml").write_text("version: x\n", encoding="utf-8")
    done = evaluate("--packs", str(tmp_path), given=b"")
    assert done.returncode == 3
    assert "cn/pack.yaml:1" in done.stderr.decode()


def test_a_bare_yearly_value_is_that_of_the_base_year() -> None:
    facts = {"employees_total": 320, "revenue": "20000000", "gbt4754_code": "2614"}
    done = evaluate("--derive", "size_class", given=lines({"id": "n", "facts": facts}))
    assert answers(done) == [{"id": "n", "derived": {"size_class": "中型"}}]


def test_a_year_in_other_digits_is_refused() -> None:
    given = lines({"id": "n", "facts": {"employees_total": {"20２5": 3}}})
    done = evaluate("--derive", "size_class", given=given)
    assert (done.returncode, answers(done)) == (1, [])
    assert json.loads(done.stderr)["code"] == "organisation.year"


def test_a_listing_without_its_end_is_neither_open_nor_closed() -> None:
    rows = [{"from_date": "2020-01-01"}]
    done = evaluate(
        "--programme", "cn.tech-sme", given=lines({"id": "n", "records": {"abnormal_list": rows}})
    )
    (answer,) = answers(done)
    nodes = {node["id"]: node["verdict"] for node in answer["conditions"]["children"]}
    assert nodes["not-abnormal"] == "unknown"


def test_values_are_refused_in_one_shape() -> None:
    bad = {
        "revenue": {"2025": "x"},
        "established_date": "2019",
        "is_six_base": "是",
        "digital_level": "九级",
        "gbt4754_code": "x",
    }
    given = lines(*({"id": "n", "facts": {name: value}} for name, value in bad.items()))
    told = [json.loads(one) for one in evaluate("--derive", "size_class", given=given).stderr.splitlines()]
    assert [(one["message"], one["hint"]) for one in told] == [
        ("revenue@2025：“x” 不是金额（元）", "这一项应填金额（元）"),
        ("established_date：“2019” 不是日期", "写成 2023-06-30"),
        ("is_six_base：“是” 不是是/否", "这一项应填是/否"),
        ("digital_level：“九级” 不在可选值中", "是不是 四级？"),
        ("gbt4754_code：“x” 不是代码", "写 4 位数字，不带字母和空格"),
    ]


def test_titles_of_regions_that_are_not_in_use_are_read() -> None:
    """Packs of cn have every programme of the country; those of a province may be anything."""
    title = {"programme": "cn-44.whatever", "grant_date": "2023-11-01", "valid_to": "2026-10-31"}
    given = lines({"id": "n", "records": {"titles": [title, FIRM["records"]["titles"][0]]}})  # type: ignore[index]
    done = evaluate("--derive", "hnte_cert", given=given)
    assert (done.returncode, answers(done)) == (0, [{"id": "n", "derived": {"hnte_cert": True}}])


GIVEN = {
    "net_assets": {"2025": "-5.00", "2024": "7"},
    "digital_level": "三级",
    "digital_base_score": "19.9999",
}


def test_a_derived_fact_that_may_be_given_is_taken_as_given() -> None:
    balance = {"total_assets": {"2025": "9.00", "2024": "9.00"}, "total_liabilities": {"2025": "1.00"}}
    asked = [f"--derive={name}" for name in GIVEN]
    given = lines(
        {"id": "given", "facts": GIVEN},
        {"id": "both", "facts": {**balance, **GIVEN}},
        {"id": "computed", "facts": {**balance, "digital_level": None, "net_assets": {"2024": "7"}}},
    )
    stood = {"net_assets": "-5.00", "digital_level": "三级", "digital_base_score": "19.9999"}
    assert [one["derived"] for one in answers(evaluate(*asked, given=given))] == [
        stood,
        stood,
        {"net_assets": "8.00", "digital_level": None, "digital_base_score": None},
    ]


def test_the_tree_says_that_a_value_was_given() -> None:
    facts: list[dict[str, Any]] = [{"digital_base_score": "19.9999"}, {"digital_base_score": "20"}, {}]
    given = lines(*({"id": "n", "facts": one, "records": {"digital_scenes": []}} for one in facts))
    below, at, computed = (
        node
        for answer in answers(evaluate("--programme", "cn.digital-level", given=given))
        for node in below_of(answer["conditions"])
        if node["id"] == "base"
    )
    assert (below["verdict"], below["value"], below["gap"]) == ("unmet", "19.9999", "0.0001")
    assert (below["given"], at["given"]) == (["digital_base_score"], ["digital_base_score"])
    assert (at["verdict"], computed["verdict"], "given" in computed) == ("met", "unknown", False)


def below_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the node and all below it."""
    return [node, *(one for child in node["children"] for one in below_of(child))]
