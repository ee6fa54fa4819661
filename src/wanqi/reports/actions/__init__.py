"""The writers of drafts and their paragraphs, of templates, and of what is kept of a check before sending."""

from .checks import explain, save_check, take_back, withdraw_check
from .drafts import begin_writing, create_draft, rebase_draft, withdraw_draft
from .paragraphs import (
    add_paragraph,
    assign_paragraph,
    follow_template,
    move_paragraph,
    remove_paragraph,
    restore_paragraph,
    save_paragraph,
)
from .remarks import add_remark, explain_figure, resolve_remark, take_explanation_back
from .sections import add_section, move_section, name_section, remove_section, restore_section
from .signing import sign_draft
from .steps import (
    collect_draft,
    continue_part,
    finish_part,
    send_draft_back,
    send_part_back,
    submit_draft,
    take_draft_back,
)
from .templates import create_template, save_template, withdraw_template

__all__ = [
    "add_paragraph",
    "add_remark",
    "add_section",
    "assign_paragraph",
    "begin_writing",
    "collect_draft",
    "continue_part",
    "create_draft",
    "create_template",
    "explain",
    "explain_figure",
    "finish_part",
    "follow_template",
    "move_paragraph",
    "move_section",
    "name_section",
    "rebase_draft",
    "remove_paragraph",
    "remove_section",
    "resolve_remark",
    "restore_paragraph",
    "restore_section",
    "save_check",
    "save_paragraph",
    "save_template",
    "send_draft_back",
    "send_part_back",
    "sign_draft",
    "submit_draft",
    "take_back",
    "take_draft_back",
    "take_explanation_back",
    "withdraw_check",
    "withdraw_draft",
    "withdraw_template",
]
