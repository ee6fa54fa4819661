"""Errors of this package, all under one root.

DocumentsError
├── CommentsRefused   the comments do not belong to this file
├── DraftRefused      a draft that cannot be read, with what to do instead
├── FontMissing       a font file that should come with the program is not there
├── NotRendered       the typesetter refused a document
└── TableRefused      rows that do not fit their columns
"""


class DocumentsError(Exception):
    """Root of the errors of making documents and tables."""


class FontMissing(DocumentsError):
    """A font file is missing, so a PDF would print empty boxes."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"缺少字体文件 {path}，无法生成 PDF。请重新运行 make setup 后再试。")


class NotRendered(DocumentsError):
    """The typesetter refused a document; the cause is kept."""

    def __init__(self, title: str, reason: str) -> None:
        self.title = title
        self.reason = reason
        super().__init__(f"《{title}》未能生成 PDF：{reason}。可先导出 Word，并把这句话告诉系统管理员。")


class TableRefused(DocumentsError):
    """A row has more or fewer cells than there are columns."""

    def __init__(self, row: int, cells: int, columns: int) -> None:
        self.row = row
        super().__init__(f"第 {row} 行有 {cells} 格，表头有 {columns} 列。请检查表的定义后重新导出。")


class DraftRefused(DocumentsError):
    """A draft cannot be read: `code`, `cause`, `hint` (the next step) and, where known, `place` in the file."""

    def __init__(self, code: str, cause: str, *, hint: str, place: str = "") -> None:
        self.code = f"documents.{code}"
        self.cause = cause
        self.hint = hint
        self.place = place
        where = f"{place}：" if place else ""
        super().__init__(f"{where}{cause}。{hint}")


class CommentsRefused(DocumentsError):
    """Comments cannot be written into this file: it is not the one the text was read from."""

    def __init__(self, cause: str, *, hint: str) -> None:
        self.cause = cause
        self.hint = hint
        super().__init__(f"{cause}。{hint}")
