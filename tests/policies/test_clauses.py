"""The tree of clauses from texts as Chinese documents number them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wanqi.policies.clauses import misplaced, parents, split_clauses

RULES = """演示市科技创新奖补办法
（演示〔2023〕1号）
第一章　总则
第一条　为鼓励创新，制定本办法。
第二条　本办法适用于下列企业：
（一）在本市注册的企业；
1.有研发机构的；
2.有发明专利的。
（二）在本市纳税的企业。
前款所称企业不含分支机构。
第二章　奖补标准
第一节　研发
第三条　按研发投入的百分之五奖补。
第二节　平台
第四条　省级平台奖补20万元。
第十条　本办法自印发之日起施行。
附件：1.申报表
演示市人民政府办公室
2023年6月30日"""

NOTICE = """关于开展演示申报工作的通知
各有关单位：
现将有关事项通知如下：
一、申报条件
（一）基本条件。企业应当同时具备：
1．依法登记；
（1）具有独立法人资格；
①信用良好；
②无欠税。
（2）正常经营。
2．近三年无重大事故。
（二）加分条件
在细分市场排名靠前的优先。
二、材料报送
2023年7月10日前报送，1.5万元以下的不再受理。
四、其他
联系人见附表。"""


def shape(text: str) -> list[tuple[int, str]]:
    return [(piece.depth, piece.label) for piece in split_clauses(text)]


def test_chapters_sections_articles_paragraphs_items_and_subitems() -> None:
    assert shape(RULES) == [
        (0, "第1段"),
        (0, "第2段"),
        (0, "第一章"),
        (1, "第一条"),
        (1, "第二条"),
        (2, "（一）"),
        (3, "1."),
        (3, "2."),
        (2, "（二）"),
        (2, "第二款"),
        (0, "第二章"),
        (1, "第一节"),
        (2, "第三条"),
        (1, "第二节"),
        (2, "第四条"),
        (2, "第十条"),
        (0, "第17段"),
        (0, "第18段"),
        (0, "第19段"),
    ]
    doubts = {piece.label: piece.doubt for piece in split_clauses(RULES) if piece.doubt}
    assert doubts == {"第十条": "没有找到“第五条”，“第十条”之前可能缺了内容，或层次不对。"}


def test_a_notice_numbered_from_one_to_circles() -> None:
    assert shape(NOTICE) == [
        (0, "第1段"),
        (0, "第2段"),
        (0, "第3段"),
        (0, "一、"),
        (1, "（一）"),
        (2, "1．"),
        (3, "（1）"),
        (4, "①"),
        (4, "②"),
        (3, "（2）"),
        (2, "2．"),
        (1, "（二）"),
        (2, "第13段"),
        (0, "二、"),
        (1, "第15段"),
        (0, "四、"),
        (1, "第17段"),
    ]
    doubts = [piece.doubt for piece in split_clauses(NOTICE) if piece.doubt]
    assert doubts == ["没有找到“三、”，“四、”之前可能缺了内容，或层次不对。"]


def test_numbers_that_go_back_and_articles_in_one_paragraph_are_asked_about() -> None:
    pieces = split_clauses("第一条　总则。第二条　范围。\n第十二条　甲\n第十二条　乙")
    assert [piece.doubt for piece in pieces] == [
        "这一段里像是还有“第二条”，请分成两段。",
        "没有找到“第二条”，“第十二条”之前可能缺了内容，或层次不对。",
        "“第十二条”在“第十二条”之后，编号重复或倒了。",
    ]


def test_each_clause_belongs_to_the_one_above_it() -> None:
    assert parents([0, 1, 2, 2, 1, 0, 1]) == [None, 0, 1, 1, 0, None, 5]
    assert misplaced([0, 1, 3, 0]) == [2]
    assert misplaced([1, 0]) == [0]


PARTS = [
    "第一章 总则",
    "第二条 甲",
    "一、乙",
    "（三）丙",
    "1.丁",
    "（2）戊",
    "①己",
    "一段话。",
    "附件",
    "2023年6月30日",
]


@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_nothing_of_a_text_is_lost_and_every_clause_hangs_on_one(lines: list[str]) -> None:
    pieces = split_clauses("\n".join(lines))
    assert [piece.text for piece in pieces] == lines
    assert misplaced([piece.depth for piece in pieces]) == []
