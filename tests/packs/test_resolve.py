"""Inheritance, digests, and reading packs from anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from wanqi import packs

SOUND = packs.read_directory(Path(__file__).parent / "sound")
INDICATORS = "cn/indicators/sites.yaml"


def changed(path: str, old: str, new: str) -> dict[str, bytes]:
    text = SOUND[path].decode()
    assert old in text
    return {**SOUND, path: text.replace(old, new, 1).encode()}


def added(text: str, path: str = "cn-43/indicators/more.yaml") -> dict[str, bytes]:
    return {**SOUND, path: text.encode()}


def test_a_child_has_everything_of_its_parent() -> None:
    pack = packs.resolve(SOUND, "cn-43")
    assert (pack.region, pack.title, pack.level, pack.extends) == ("cn-43", "湖南省", "省", "cn")
    assert pack.chain == ("cn", "cn-43")
    assert list(pack.indicators) == ["sites.new", "sites.total", "sites.target", "sites.completion"]
    assert list(packs.resolve(SOUND, "cn").reports) == []
    assert pack.files.keys() == SOUND.keys()


def test_a_child_adds_and_restates_a_whole_item() -> None:
    sources = added(
        'version: "2026-2"\nindicators:\n'
        "  - {id: sites.target, title: 全年目标, unit: 座, nature: target, assumption: 口径另定。}\n"
        "  - {id: sites.goal, title: 新目标, unit: 个, nature: target}\n"
    )
    parent, child = packs.resolve(sources, "cn"), packs.resolve(sources, "cn-43")
    assert parent.indicators["sites.target"].unit == "个"
    assert (child.indicators["sites.target"].unit, child.indicators["sites.target"].assumption) == (
        "座",
        "口径另定。",
    )
    assert "sites.goal" in child.indicators
    assert "sites.goal" not in parent.indicators
    assert child.digests["indicators/sites.target"] != parent.digests["indicators/sites.target"]
    assert child.digests["indicators/sites.total"] == parent.digests["indicators/sites.total"]


def test_a_child_withdraws_an_item_and_the_parent_keeps_it() -> None:
    sources = changed(
        "cn-43/pack.yaml", "extends: cn\n", "extends: cn\nwithdraw: {indicators: [sites.completion]}\n"
    )
    assert "sites.completion" not in packs.resolve(sources, "cn-43").indicators
    assert "sites.completion" in packs.resolve(sources, "cn").indicators


def test_a_filter_is_parsed_over_its_records_with_the_regions_areas() -> None:
    pack = packs.resolve(SOUND, "cn-43")
    where = pack.where("sites.new")
    assert where is not None
    assert where.inputs == ("operator",)
    assert pack.where("sites.total") is None
    assert pack.scope("sites").fields["area"].values == ("one",)
    assert pack.derivation("is_large").inputs == ("revenue",)


def test_the_digest_is_of_content_and_not_of_layout() -> None:
    before = packs.resolve(SOUND, "cn-43")
    spaced = packs.resolve(
        changed(INDICATORS, "title: 新建数\n    unit: 个", "unit: 个\n\n    title: 新建数"), "cn-43"
    )
    reworded = packs.resolve(changed(INDICATORS, "title: 新建数", "title: 新建个数"), "cn-43")
    assert before.digest.startswith("sha256:")
    assert len(before.digest) == len("sha256:") + 64
    assert spaced.digest == before.digest
    assert spaced.files[INDICATORS] != before.files[INDICATORS]
    assert reworded.digest != before.digest
    differing = {key for key in before.digests if before.digests[key] != reworded.digests[key]}
    assert differing == {"indicators/sites.new"}


def test_an_unknown_region_names_those_that_exist() -> None:
    with pytest.raises(packs.UnknownRegion) as refusal:
        packs.resolve(SOUND, "cn-44")
    assert str(refusal.value) == "没有地区 cn-44。\n  现有地区：cn、cn-43。"


def test_a_mistake_in_a_child_does_not_stop_the_parent() -> None:
    sources = changed("cn-43/pack.yaml", "level: 省", "level: 州")
    assert packs.resolve(sources, "cn").region == "cn"
    with pytest.raises(packs.PacksRefused) as refusal:
        packs.resolve(sources, "cn-43")
    assert [problem.code for problem in refusal.value.problems] == ["pack.choice"]


def test_a_folder_is_read_without_hidden_files_and_links(tmp_path: Path) -> None:
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "pack.yaml").write_bytes(SOUND["cn/pack.yaml"])
    (tmp_path / "cn" / ".pack.yaml.swp").write_bytes(b"x")
    (tmp_path / "cn" / "link.yaml").symlink_to("/etc/passwd")
    assert list(packs.read_directory(tmp_path)) == ["cn/pack.yaml"]
    with pytest.raises(FileNotFoundError):
        packs.read_directory(tmp_path / "none")


def test_a_file_says_its_version() -> None:
    assert packs.file_version(INDICATORS, SOUND[INDICATORS]) == "2026-1"
    with pytest.raises(packs.PacksRefused) as refusal:
        packs.file_version("cn/pack.yaml", b"id: cn\n")
    assert (
        str(refusal.value)
        == 'cn/pack.yaml:1:1 [pack.missing-key] 缺少 version。\n  第一行写 version: "2026-1"。'
    )


def test_a_file_that_is_too_large_is_not_read() -> None:
    sources = {**SOUND, "cn/pack.yaml": b"#" * 1_000_001}
    first = packs.check(sources).problems[0]
    assert (first.code, first.message) == ("yaml.too-large", "文件有 1000001 字节，最多 1000000。")


def test_clause_text_is_split_into_words_and_tags() -> None:
    assert packs.parse_text("{period}，完成{a.b}，{a.b:change}。") == (
        packs.Tag("period"),
        "，完成",
        packs.Tag("a.b"),
        "，",
        packs.Tag("a.b", "change"),
        "。",
    )
    for text in ("{", "}", "{}", "{{a}}", "{a:b c}", "{A}"):
        with pytest.raises(packs.TagRefused):
            packs.parse_text(text)


def test_an_indicator_case_is_answered_by_the_runner_and_compared() -> None:
    case = (
        'version: "2026-1"\nindicators:\n'
        "  - {id: one, title: 一座, indicator: sites.new, period: 2023H1, rows: {sites: [{operator: 移动}]},"
        ' expect: {value: "1", records: 1}}\n'
    )
    sources = added(case, "cn/indicators/sites.cases.yaml")
    right = packs.check(sources, runner=lambda pack, case: {"value": "1", "low": "0", "records": 1})
    assert (right.problems, right.cases, right.coverage) == ((), 122, 91)
    wrong = packs.check(sources, runner=lambda pack, case: {"value": None, "records": 1})
    assert [str(problem) for problem in wrong.problems] == [
        "cn/indicators/sites.cases.yaml:3:113 [case.answer] value 应为 1，算得 unknown。\n"
        "  改正用例，或改正它检验的定义。"
    ]
