"""Programmes: inheritance, digests, what becomes of them in the engine, worked examples, and how they are explained."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from wanqi import packs
from wanqi.packs import explaining
from wanqi.rules.programmes import model

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOUND = packs.read_directory(HERE / "sound")
GROWING = "cn/programmes/growing.yaml"
VOCABULARY = "cn/vocabulary/programmes.yaml"


def changed(path: str, old: str, new: str) -> dict[str, bytes]:
    text = SOUND[path].decode()
    assert old in text
    return {**SOUND, path: text.replace(old, new, 1).encode()}


def digests(sources: packs.Sources, region: str = "cn") -> list[str]:
    return [one.digest for one in packs.resolve(sources, region).programmes["cn.growing"].versions]


def newest(sources: packs.Sources = SOUND) -> model.RuleVersion:
    found = packs.resolve(sources, "cn").programmes["cn.growing"].version_for(date(2026, 6, 1), "review")
    assert found is not None
    return found


def parts(version: model.RuleVersion) -> dict[str, model.Condition]:
    assert isinstance(version.conditions, model.Group)
    return {one.basis.id: one for one in version.conditions.parts}


# --- the model -------------------------------------------------------------------------------------------------


def test_the_version_is_chosen_by_date_and_kind() -> None:
    programme = packs.resolve(SOUND, "cn").programmes["cn.growing"]
    assert [one.version for one in programme.versions] == ["2022-63", "2026-2"]
    before, after = (
        programme.version_for(date(2026, 3, 31), "new"),
        programme.version_for(date(2026, 4, 1), "new"),
    )
    assert (before and before.version, after and after.version) == ("2022-63", "2026-2")
    assert programme.version_for(date(2026, 3, 31), "review") is None
    assert programme.version_for(date(2026, 4, 1), "renewal") is None
    assert programme.version_for(date(2022, 7, 31), "new") is None


def test_articles_and_tags_come_from_the_nearest_group_above() -> None:
    found = parts(newest())
    either = found["either"]
    assert isinstance(either, model.Group)
    assert [one.basis.article for one in either.parts] == ["附件1", "附件1"]
    assert [one.basis.tag for one in either.parts] == ["v:S1", "v:S1"]
    assert found["gap"].basis.unverified
    assert not found["niche"].basis.unverified
    assert newest().conditions.basis.id == "conditions"


def test_groups_leaves_and_parameters_become_the_engines() -> None:
    version = newest()
    found = parts(version)
    assert isinstance(found["niche"], model.Leaf)
    assert (found["niche"].when, found["niche"].judge) == (None, "由专家判断")
    two = found["two"]
    assert isinstance(two, model.Group)
    assert (two.op, two.n, len(two.parts)) == ("n_of", 2, 3)
    least = version.parameters["least"]
    assert (least.type.base, least.values) == ("money", ((date(2026, 4, 1), Decimal("15000000")),))
    assert packs.resolve(SOUND, "cn").rule_scope.params["base_rate"].type.base == "ratio"


def test_a_score_becomes_the_engines() -> None:
    score = parts(newest())["score"]
    assert isinstance(score, model.Score)
    assert (score.operator, score.bound) == (">=", 60)
    items = {one.basis.id: one for one in score.items}
    people = items["people"].scoring
    assert items["people"].veto
    assert people == model.Bands(
        "ratio(tech_staff, staff)",
        (
            model.Band("at_least", Decimal("0.30"), model.Points(Decimal(20), Decimal(20))),
            model.Band("more_than", Decimal("0.10"), model.Points(Decimal(12), Decimal(12))),
        ),
        model.Points(Decimal(0), Decimal(0)),
    )
    assert (items["research"].minimum, items["research"].maximum) == (20, 50)
    assert isinstance(items["research"].scoring, model.BestOf)
    size = items["size"].scoring
    assert isinstance(size, model.Choose)
    assert size.options[1].points == model.Points(Decimal(4), Decimal(6))
    assert isinstance(items["other"].scoring, model.EachOf)
    assert items["years"].scoring == model.Formula("least(10, staff)")
    assert items["judged"].scoring == model.Expert(model.Points(Decimal(0), Decimal(10)))


def test_a_line_without_a_form_is_not_verified_and_counts_nothing_to_its_maximum() -> None:
    version = newest(changed(GROWING, 'max: 10, points: "least(10, staff)"', "max: 10, tag: unknown"))
    score = parts(version)["score"]
    assert isinstance(score, model.Score)
    years = next(one for one in score.items if one.basis.id == "years")
    assert (years.scoring, years.maximum, years.basis.unverified) == (None, 10, True)


def test_a_class_table_becomes_the_engines_and_its_fact_can_be_named() -> None:
    pack = packs.resolve(SOUND, "cn")
    (table,) = pack.class_tables
    assert (table.id, table.code, table.classes) == ("size_class", "gbt4754_code", ("大型", "中型", "小型"))
    assert table.rows[0].bounds["revenue"] == (Decimal(400000000), Decimal(20000000))
    assert pack.rule_scope.derived["size_class"].type.values == ("大型", "中型", "小型")


# --- inheritance and digests ------------------------------------------------------------------------------------


def test_a_child_restates_a_programme_under_the_same_id() -> None:
    own = SOUND[GROWING].decode().replace("revenue >= 10000000", "revenue >= 8000000")
    sources = {**SOUND, "cn-43/programmes/growing.yaml": own.encode()}
    assert digests(sources)[0] != digests(sources, "cn-43")[0]
    assert digests(sources)[1] == digests(sources, "cn-43")[1]
    assert digests(sources) == digests(SOUND)
    other = {**SOUND, "cn-43/programmes/cn.growing.yaml": own.encode()}
    assert digests(other, "cn-43") == digests(sources, "cn-43")


def test_a_child_may_have_the_same_slug_under_its_own_id() -> None:
    own = SOUND[GROWING].decode().replace("id: cn.growing", "id: cn-43.growing")
    pack = packs.resolve({**SOUND, "cn-43/programmes/growing.yaml": own.encode()}, "cn-43")
    assert sorted(pack.programmes) == ["cn-43.growing", "cn.growing"]


def test_a_child_withdraws_a_programme() -> None:
    sources = changed(
        "cn-43/pack.yaml", "extends: cn\n", "extends: cn\nwithdraw: {programmes: [cn.growing]}\n"
    )
    assert packs.resolve(sources, "cn-43").programmes == {}
    assert "cn.growing" in packs.resolve(sources, "cn").programmes


@pytest.mark.parametrize(
    ("path", "old", "new", "moved"),
    [
        (GROWING, "revenue >= 10000000", "revenue >= 9000000", [True, False]),
        (GROWING, 'value: "15000000"', 'value: "16000000"', [False, True]),
        (GROWING, "title: 成长企业", "title: 成长型企业", [False, False]),
        (VOCABULARY, 'value: "0.03"', 'value: "0.04"', [False, True]),
        (
            VOCABULARY,
            'is: "ratio(rd_expense, revenue)"',
            'is: "ratio(rd_expense, total_assets)"',
            [False, True],
        ),
        (VOCABULARY, 'staff: ["1000", "300"]', 'staff: ["1000", "200"]', [False, True]),
        ("cn/codes/chemicals.yaml", '"26": 化学原料和化学制品制造业', '"27": 医药制造业', [False, True]),
        (
            "cn/vocabulary/records.yaml",
            "revenue: {title: 营业收入",
            "revenue: {title: 营业总收入",
            [True, True],
        ),
        ("cn/vocabulary/records.yaml", "造价", "总造价", [False, False]),
    ],
)
def test_a_rule_digest_moves_with_everything_the_rule_stands_on(
    path: str, old: str, new: str, moved: list[bool]
) -> None:
    after = digests(changed(path, old, new))
    assert [one != other for one, other in zip(digests(SOUND), after, strict=True)] == moved
    assert all(one.startswith("sha256:") and len(one) == 71 for one in after)


def test_an_unchecked_pack_is_the_same_pack() -> None:
    pack = packs.resolve(SOUND, "cn-43", checked=False)
    whole = packs.resolve(SOUND, "cn-43")
    assert pack.digest == whole.digest
    assert pack.programmes == whole.programmes
    assert not any(path.endswith(".cases.yaml") for path in pack.files)
    broken = changed(GROWING, "revenue >= 10000000", "revenu >= 10000000")
    assert "cn.growing" in packs.resolve(broken, "cn", checked=False).programmes
    with pytest.raises(packs.PacksRefused):
        packs.resolve(broken, "cn")


def test_a_limit_is_inclusive() -> None:
    kind = packs.resolve(SOUND, "cn").facts["share"].value_type
    assert (kind.maximum, kind.positive) == (1, True)
    case = (
        'version: "2026-1"\nderived:\n'
        "  - {id: whole, title: 占有率100%, derived: rd_share, on: 2026-06-15,"
        ' facts: {share: "1", rd_expense: "5", revenue: {"2025": "5"}}, expect: "1"}\n'
    )
    assert packs.check({**SOUND, "cn/vocabulary/share.cases.yaml": case.encode()}).problems == ()


# --- worked examples --------------------------------------------------------------------------------------------


def case(expect: str, facts: str = '{revenue: {"2022": "10000000"}}') -> list[str]:
    text = (
        'version: "2026-1"\nprogrammes:\n  - id: one\n    title: 一例\n    programme: cn.growing\n    from: 推算\n'
        f"    on: 2023-06-15\n    facts: {facts}\n    expect: {expect}\n"
    )
    found = packs.check({**SOUND, "cn/programmes/growing.cases.yaml": text.encode()}).problems
    return [f"{one.line}:{one.column} {one.message}" for one in found]


def test_worked_examples_compare_only_what_they_write() -> None:
    assert case("{verdict: met}") == []
    assert case("{version: '2022-63', why: null, missing: [], score: null, amount: null}") == []
    assert case("{missing: [revenue], verdict: unknown, why: missing}", "{}") == []
    assert case("{why: missing}") == ["9:19 why 应为 missing，算得 unknown。"]
    assert case("{version: '2026-2'}") == ["9:23 version 应为 2026-2，算得 2022-63。"]
    assert case("{missing: [staff]}", "{}") == ["9:23 missing 应为 [staff]，算得 [revenue]。"]
    assert case("{conditions: {revenue: unmet}}") == ["9:36 条件 revenue 应为 unmet，算得 met。"]
    assert case("{}") == [
        "9:13 expect 至少写 verdict、why、version、score、amount、missing、conditions 中的一项。"
    ]


# --- explaining -------------------------------------------------------------------------------------------------


def test_a_programme_is_explained_in_plain_chinese() -> None:
    lines = explaining.explain(packs.resolve(SOUND, "cn"), "cn.growing", on=date(2026, 6, 1), kind="new")
    text = "\n".join(lines)
    for expected in (
        "成长企业（cn.growing）",
        "类别：认定；对象：企业；级别：省级",
        "申报时间：6月1日至8月31日；以通知为准",
        "须先取得：其他称号",
        "  1. 审计报告（附件1）",
        "适用版本 2026-2：甲企业〔2026〕2号《管理办法（修订）》",
        "首次申报、复核；2026-04-01起施行；“上年度”指申报前一年；已核对来源（S1）",
        "比对：持有有效期内的其他称号",
        "比对：营业收入≥1500万元（2026-04-01起）",
        "比对：近2年每年研发费用÷营业收入≥3%（2020-01-01起）",
        "比对：没有事故（日期晚于申报日前3年，且日期不晚于申报日）",
        "5. 特色指标【附件2】〔条文未取得，政策条件待核实〕",
        "需专家评审：由专家判断",
        "7. 行业或占有率：满足其中一项【附件1】",
        "8. 三项中两项：满足其中2项【附件3】",
        "比对：成立日期不晚于上年末前3年",
        "总分≥ 60分",
        "9.1. 科技人员占比（满分20，0分否决）",
        "≥30% 20分；＞10% 12分；其他 0分",
        "9.2. 研发（满分50，不低于20分）",
        "取得分最高的一项：",
        "职工人数≥300人：4—6分",
        "领域有乙：加7分",
        "专家评分：0—10分",
    ):
        assert expected in text, expected
    assert "2022-63" not in text
    assert "2022-63" in "\n".join(explaining.explain(packs.resolve(SOUND, "cn"), "cn.growing"))
    assert (
        "没有施行中的版本"
        in explaining.explain(packs.resolve(SOUND, "cn"), "cn.growing", on=date(2020, 1, 1))[-1]
    )


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `wanqi explain` on the sound pack, with a line that says which heavy packages it loaded."""
    code = (
        "import sys; from wanqi.cli.main import status_of; status = 0\n"
        "try: status = status_of(sys.argv[1:])\n"
        "except SystemExit as end: status = end.code\n"
        "print('loaded', [name for name in ('django', 'psycopg') if name in sys.modules]); sys.exit(status)"
    )
    run = [sys.executable, "-c", code, "explain", "--packs", str(HERE / "sound"), *arguments]
    return subprocess.run(run, capture_output=True, text=True, check=False)


def test_the_command_explains_a_programme_or_the_vocabulary_without_django() -> None:
    done = command("--programme", "cn.growing", "--on", "2023-06-15")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("成长企业（cn.growing）\n")
    assert "营业收入≥1000万元" in done.stdout
    assert done.stdout.endswith("loaded []\n")
    words = command("--vocabulary")
    assert words.returncode == 0
    assert "  rd_expense  研发费用（金额，按年，万元）\n" in words.stdout
    assert "  size_class  划型（单选）\n" in words.stdout
    assert "  chemicals  化工行业（GB/T 4754-2017，1项）\n" in words.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "写 --programme 事项编号，或写 --vocabulary，两者写一个"),
        (("--programme", "cn.growin"), "没有事项 cn.growin；是不是 cn.growing"),
        (("--programme", "cn.growing", "--on", "2023-2-1"), "2023-2-1 不是日期，写成 2026-05-01"),
    ],
)
def test_a_wrong_question_is_a_sentence_with_status_2(arguments: tuple[str, ...], said: str) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert said in done.stderr


def test_an_unknown_region_is_a_sentence() -> None:
    done = command("--programme", "cn.growing", "--region", "cn-44")
    said = "没有地区 cn-44。现有地区：cn、cn-43（查看说明：wanqi explain --help）\n"
    assert (done.returncode, done.stderr) == (2, said)


@pytest.mark.parametrize(
    "asked", [["explain"], ["match", "--region", "cn", "--on", "2026-05-01", "--facts", "x", "--out", "x"]]
)
def test_a_text_that_is_no_expression_is_left_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str]
) -> None:
    from wanqi.cli.main import status_of

    shutil.copytree(HERE / "sound", tmp_path / "packs")
    path = tmp_path / "packs" / "cn" / "programmes" / "growing.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("revenue >=", "revene >="), encoding="utf-8")
    assert status_of([*asked, "--packs", str(tmp_path / "packs"), "--programme", "cn.growing"]) == 3
    told = capsys.readouterr().err
    assert "没有字段 revene；是不是 revenue？运行 wanqi check 查看是哪个文件。" in told


# --- the shipped programmes -------------------------------------------------------------------------------------


def test_the_pages_made_from_the_packs_are_current() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import programme_lattice as lattice
        import vocabulary_page as vocabulary
    finally:
        sys.path.pop(0)
    pack = packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)
    assert lattice.page(pack) == lattice.PAGE.read_text(encoding="utf-8"), lattice.__doc__
    assert lattice.picture(pack) == lattice.PICTURE.read_text(encoding="utf-8"), lattice.__doc__
    assert vocabulary.page(pack) == vocabulary.PAGE.read_text(encoding="utf-8"), vocabulary.__doc__


def test_every_shipped_programme_is_explained() -> None:
    pack = packs.resolve(packs.read_directory(ROOT / "regions"), "cn-430682", checked=False)
    for id in pack.programme_files:
        text = "\n".join(explaining.explain(pack, id))
        assert "None" not in text, id
        assert [line for line in text.splitlines() if "比对：" in line and "cn" in line] == [], id
        assert "适用版本" in text
