"""A report as an HTML fragment."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from wanqi.documents import Column, Figure, Heading, Note, Paragraph, Report, Table, Text, html


def _address(figure: Figure) -> str | None:
    return f"/figures/{figure.id}/"


class _Balanced(HTMLParser):
    """Fails on an end tag that does not close the last open one; gathers texts and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _parsed(page: str) -> _Balanced:
    parser = _Balanced()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


def test_figures_are_links_that_say_what_they_are(report: Report) -> None:
    page = html(report, link=_address)
    assert (
        '累计达<a class="figure figure-demonstration" data-figure="infra.5g.total" data-grade="有台账"'
        ' href="/figures/infra.5g.total/">571个</a>'
    ) in page
    assert '<li class="report-mark">演示数据</li>' in page
    assert '<p class="report-signature">（临湘市科技和工业信息化局　2023年7月5日）</p>' in page
    assert '<td class="numeric">98</td>' in page
    assert "加点线的数字由演示数据计算" in page
    assert "style" not in dict(_parsed(page).attributes)


def test_every_word_is_escaped() -> None:
    evil = '<script>alert("1")</script>&\'"\x00\x0b'
    shown = evil.replace("\x00\x0b", "？？")
    report = Report(
        evil,
        (
            Heading(evil),
            Paragraph((Text(evil), Figure(evil, evil, evil))),
            Note((Text(evil),)),
            Table((Column(evil),), ((evil,), (Figure(evil, evil),)), evil, evil),
        ),
        evil, evil, evil, (evil,),
    )  # fmt: skip
    parsed = _parsed(html(report, link=lambda figure: f"/figures/?id={figure.id}"))
    assert "<script" not in html(report, link=_address)
    assert "".join(parsed.words).count(shown) == 14
    assert ("data-figure", shown) in parsed.attributes
    assert {name for name, _ in parsed.attributes} <= {
        "class", "lang", "data-figure", "data-grade", "href", "scope",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address", [None, "javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "//["]
)
def test_a_figure_without_a_safe_address_is_no_link(address: str | None) -> None:
    page = html(Report("题", (Paragraph((Figure("a", "1个"),)),)), link=lambda _: address)
    assert '<span class="figure" data-figure="a">1个</span>' in page
    assert "href" not in page
