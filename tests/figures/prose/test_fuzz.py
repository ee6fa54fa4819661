"""No text makes the audit fail, point outside the text, or answer twice differently."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.figures.prose.scoring import CORPUS, load
from wanqi.figures import audit

REAL = sorted({group.sentence for name in ("dev.json", "fresh.json") for group in load(CORPUS / name)})
SEED = (CORPUS / "seed.scraped.txt").read_text(encoding="utf-8")
LINES = (
    "同比 增长 下降 其中 占 的 完成 任务 目标 累计 达 较上年末 分别 依次 共 合计 比 增加 减少 个 家",
    "件 人 万 亿 元 % ‰ 百分点 倍 翻番 成 折 一是 二是 四大 五个 第一 排名 、 ， 。 ； ： （ ） ( )",
    "《 》 “ ” | - — ~ 至 到 0 1 23 4.5 100 360 127.92 2023年 1-6月 上半年 约 近 超 突破 以上",
    "不足 全覆盖 率 预计 年均 平均 户 亩 公顷 吨 千克 美元 - − + × . , ① Ⅷ 〇 零 一百二十 两 半",
    "几 多 余",
)
WORDS = [word for line in LINES for word in line.split()] + ["\t", "\n"]
DIGITS = st.text(alphabet="0123456789０１.,% 、，。-—~:：/()（）万亿元个家件占增长其中共", max_size=200)
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


def weighed(text: str) -> None:
    """Audit a text twice and look whether what comes back is about that text."""
    found = audit(text)
    assert found.text == text
    for mention in found.mentions:
        start, end = mention.span
        assert 0 <= start < end <= len(text)
        assert text[start:end] == mention.text
    for finding in found.findings:
        assert 0 <= finding.span[0] <= finding.span[1] <= len(text)
        assert [text[start:end] for start, end in finding.spans] == list(finding.figures)
        assert finding.message
    assert found.checked + found.unreadable <= found.read
    assert audit(text) == found


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    weighed(text)


@settings(deadline=None, max_examples=200)
@given(DIGITS)
def test_digit_soup(text: str) -> None:
    weighed(text)


@settings(deadline=None, max_examples=250)
@given(SENTENCES)
def test_words_of_reports_in_any_order(text: str) -> None:
    weighed(text)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(REAL), st.integers(0, 2**32))
def test_real_sentences_with_pieces_cut_doubled_and_swapped(text: str, seed: int) -> None:
    dice = random.Random(seed)
    pieces = list(text)
    for _ in range(dice.randrange(1, 12)):
        if not pieces:
            break
        at = dice.randrange(len(pieces))
        to = min(len(pieces), at + dice.randrange(1, 6))
        match dice.randrange(4):
            case 0:
                del pieces[at:to]
            case 1:
                pieces[at:at] = pieces[at:to]
            case 2:
                pieces[at:to] = reversed(pieces[at:to])
            case _:
                pieces[at] = dice.choice(WORDS)
    weighed("".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ud800",
        "9" * 5000 + "亿元，同比增长" + "9" * 400 + "%",
        "0." + "0" * 3000 + "1%",
        "增长" + "1" * 400 + "倍，翻" + "9" * 50 + "番",
        "年均增长99999%，" + "1" * 30 + "年间由1个增加到" + "9" * 60 + "个",
        "(" * 3000 + "40家" + ")" * 3000,
        "（其中" * 400 + "1个" + "）" * 400,
        "其中" * 2000,
        "、".join(f"{n}个" for n in range(1, 1500)) + "，共1124250个",
        "占0个的0%，增长-100%，减少0%，0÷0，比0增加0，增长0%",
        "上半年完成0个，占全年任务0个的100%，同比增长-100%，由0个增加到0个",
        "分别为1、2、3、4个，分别增长1%、2%，依次占5%、6%、7%、8%、9%",
        "比去年" * 500 + "增长5%",
        "一是" * 300 + "五大任务",
        "2023年" * 800,
        "①②③④⑤共3个；Ⅰ、Ⅱ、Ⅲ；百分之百万分之一千；九千九百九十九万亿亿亿元",
        "\t".join("1234567890") + "\n" + "\t".join("2345678901") + "\n合计\t" + "\t".join("3" * 9),
    ],
)
def test_extremes(text: str) -> None:
    weighed(text)


def test_every_beginning_of_the_scraped_seed() -> None:
    """A text may stop anywhere, within a reading in brackets too."""
    for end in range(0, len(SEED), 101):
        weighed(SEED[:end])
