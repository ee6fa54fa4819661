"""Word drafts: which parts of a DOCX are read, and what is told about the rest."""

from __future__ import annotations

from lxml import etree

from wanqi.documents.drafts.container import Container
from wanqi.documents.drafts.draft import Draft, assembled
from wanqi.documents.drafts.flow import Flow, Notes, flow, local, switched_on


def read_word(name: str, data: bytes) -> Draft:
    """The draft of a DOCX. Raises DraftRefused when it is broken, locked, hostile or empty."""
    container = Container(data)
    main = container.main()
    read = flow_of(container, main, container.tree(main))
    return assembled(name, "word", read.lines, notices=_notices(read))


def flow_of(container: Container, main: str, body: etree._Element) -> Flow:
    """The text of the part `main`, whose XML is `body`, with its notes, and the elements it stands in."""
    notes: Notes = {}
    for kind in ("footnotes", "endnotes"):
        part = container.related(main, kind)
        if part:
            for note in container.tree(part):
                notes[kind[:-1], _attribute(note, "id")] = note
    styles = container.related(main, "styles")
    return flow(body, notes, hidden_styles=_hidden_styles(container.tree(styles)) if styles else frozenset())


def _hidden_styles(styles: etree._Element) -> frozenset[str]:
    return frozenset(
        _attribute(style, "styleId")
        for style in styles
        if local(style) == "style"
        and any(local(part) == "rPr" and switched_on(part, "vanish") for part in style)
    )


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _notices(read: Flow) -> tuple[str, ...]:
    told = (
        (read.counts["picture"], "文档中有{}处图片、图表或嵌入对象，其中的文字未核对。"),
        (read.counts["hidden"], "文档中有{}处隐藏文字，打印时看不到，未核对。"),
        (read.counts["revision"], "文档中有{}处修订：删除的文字不读，插入的文字照读。"),
        (read.counts["contents"], "目录和页码未核对。"),
        (read.counts["chunk"], "文档中嵌有{}份其他文档，未核对，请打开后另存为.docx再上传。"),
    )
    return tuple(words.format(times) for times, words in told if times)
