"""What can go wrong with reports.

ReportsError
├── ReportMissing     the region's pack has no such report, or none at all
├── PeriodMismatch    the report is not written for a period of this kind
├── OriginalMissing   nothing that was sent is on file for this report and period
├── TextTooLong       a text to be checked is longer than a page takes
├── TagsRefused       a paragraph names figures that do not exist, or in a form they do not have
├── NotReady          a draft that cannot go on its way yet, with what stands against it
├── FiguresDisagree   a compiled report says figures that cannot all be true
├── ArchiveUnreadable a file that is no archive, or lacks what was asked of it
├── ArchiveTampered   parts of an archive are not as they were signed
├── EvidenceChanged   a kept file is no longer what was kept
└── NotRebuildable    an archive from which the signed report does not come out again
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanqi.core.errors import WanqiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanqi.figures import AuditFinding

    from .archives.contents import PartState
    from .compile import Compiled


class ReportsError(WanqiError):
    """Root of everything this package raises on purpose."""

    code = "reports.error"


class ReportMissing(ReportsError):
    code = "reports.report-missing"
    status = 404


class PeriodMismatch(ReportsError):
    code = "reports.period-mismatch"


class OriginalMissing(ReportsError):
    code = "reports.original-missing"
    status = 404


class TextTooLong(ReportsError):
    code = "reports.text-too-long"
    status = 413

    def __init__(self, length: int, most: int) -> None:
        super().__init__(f"文字有{length:,}字，超过{most:,}字的上限，没有核对。", hint="请按章节分几次核对。")


class TagsRefused(ReportsError):
    """`messages` say what is wrong with each tag, in the order of the text."""

    code = "reports.tags-refused"
    status = 422

    def __init__(self, messages: Sequence[str]) -> None:
        self.messages = tuple(messages)
        super().__init__("".join(self.messages), hint="这一稿没有保存，您写的文字仍在；改正后再保存。")


class NotReady(ReportsError):
    """`obstacles` say one by one what stands against the step."""

    code = "reports.not-ready"
    status = 409

    def __init__(self, step: str, obstacles: Sequence[str]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(
            f"还不能{step}：{'；'.join(self.obstacles)}。", hint="处理完后再办理，已写的内容都在。"
        )


class FiguresDisagree(ReportsError):
    """`compiled` is the report as it would have been written, with what was found in it."""

    code = "reports.figures-disagree"
    status = 409

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        checked = compiled.checked
        said = "；".join(_in_words(one, checked.text) for one in checked.of("error"))
        super().__init__(
            f"编成的材料中有数据差错，没有编成。{said}",
            hint="请核对句子中数字的台账和口径；确认无误的，在报送前核对中写明理由。",
        )


class ArchiveUnreadable(ReportsError):
    code = "reports.archive-unreadable"
    status = 422


class ArchiveTampered(ReportsError):
    """`parts`: the files that are not as they were signed."""

    code = "reports.archive-tampered"
    status = 409

    def __init__(self, parts: Sequence[PartState]) -> None:
        self.parts = tuple(parts)
        named = "、".join(one.path for one in self.parts[:5])
        more = f"等{len(self.parts)}个" if len(self.parts) > 5 else ""
        super().__init__(
            f"档案与签发时不一致：{named}{more}。",
            hint="请用系统中保存的档案，或用 wanqi report verify 逐个核对。",
        )


class EvidenceChanged(ReportsError):
    code = "reports.evidence-changed"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            f"佐证文件“{name}”的内容与登记时的摘要不符，材料包没有生成。",
            hint="请联系系统管理员从备份中恢复这个文件。",
        )


class NotRebuildable(ReportsError):
    """`differences`: what came out differently, one sentence each."""

    code = "reports.not-rebuildable"
    status = 500

    def __init__(self, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            f"存入档案的内容不能重现这份材料，没有签发：{'；'.join(self.differences[:3])}。",
            hint="请把这句话告诉系统管理员。",
        )


def _in_words(finding: AuditFinding, text: str) -> str:
    sums = f"算式：{'；'.join(finding.arithmetic)}。" if finding.arithmetic else ""
    return f"“{text[slice(*finding.span)].strip()}”：{finding.message}{sums}".rstrip("。")
