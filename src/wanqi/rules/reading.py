"""From text to SQLGlot's tree: limits, forbidden tokens, one dialect."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import SqlglotError
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.tokenizer_core import Token, TokenType

from wanqi.rules.errors import ExpressionRefused

MAX_CHARACTERS = 4_000
MAX_TOKENS = 600
MAX_DEPTH = 16
MAX_TEXT = 200

# Typed with a Chinese keyboard: what stands for it in an expression.
_FULL_WIDTH: dict[str, str] = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys("‘’“”", "'"),
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    "×": "*",
    "、": ",",
}
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"")

_OPENING = {TokenType.L_PAREN, TokenType.CASE, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSING = {TokenType.R_PAREN, TokenType.END, TokenType.R_BRACKET, TokenType.R_BRACE}
_PREFIX = {TokenType.NOT, TokenType.DASH, TokenType.PLUS}
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,8})?")
_FORBIDDEN: dict[TokenType, str] = {
    TokenType.SEMICOLON: "一处只写一个表达式，请删去分号。",
    TokenType.DCOLON: "不能用 :: 转换类型；日期写成 DATE '2023-06-30'。",
    TokenType.PARAMETER: "不能使用参数占位符，请直接写出数值。",
    TokenType.PLACEHOLDER: "不能使用参数占位符，请直接写出数值。",
}


class _Scalar(Postgres):
    """PostgreSQL's grammar without its functions: every call is read as a bare name with arguments.

    `x[-1]` is a year, so an index is kept as it is written; `on` is a name: the day asked about.
    """

    INDEX_OFFSET = 0

    class Tokenizer(Postgres.Tokenizer):
        KEYWORDS: ClassVar[dict[str, Any]] = {
            word: token for word, token in Postgres.Tokenizer.KEYWORDS.items() if word != "ON"
        }

    class Parser(PostgresParser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {"CAST": PostgresParser.FUNCTION_PARSERS["CAST"]}
        NO_PAREN_FUNCTIONS: ClassVar[dict[Any, Any]] = {}
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            "CASE": PostgresParser.NO_PAREN_FUNCTION_PARSERS["CASE"]
        }


_DIALECT = _Scalar()


def position(text: str, offset: int) -> tuple[int, int]:
    """Return (line, column), both from 1, of a character offset in the text."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def refused(text: str, offset: int, code: str, message: str, hint: str) -> ExpressionRefused:
    """Return the error for a character offset in the text."""
    line, column = position(text, offset)
    return ExpressionRefused(f"expression.{code}", message, hint=hint, line=line, column=column)


def read(text: str) -> exp.Expr:
    """Return SQLGlot's tree of one scalar expression.

    Raises ExpressionRefused for empty or oversized text, comments, parameters, several statements, numbers
    outside 15 + 8 digits, nesting deeper than 16, or text that is no expression at all.
    """
    tokens = _tokens(text)
    _check_tokens(text, tokens)
    try:
        trees = [one for one in _DIALECT.parser().parse(tokens, text) if one is not None]
    except SqlglotError as error:
        offset = _offset(text, error)
        raise refused(text, offset, "syntax", "表达式写法有误。", _near(text, offset)) from None
    except RecursionError:
        raise refused(text, 0, "too-deep", "表达式嵌套太深。", "请拆成几个派生数据。") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Expr):
        raise refused(text, 0, "syntax", "这里要一个表达式。", "例如 technology = '5G'。")
    return trees[0]


def start(node: exp.Expr) -> int:
    """Return the character offset at which a node begins; 0 where SQLGlot keeps none."""
    found = [part.meta["start"] for part in node.walk() if isinstance(part.meta.get("start"), int)]
    return min(found, default=0)


def _tokens(text: str) -> list[Token]:
    if not text.strip():
        raise refused(
            text, 0, "empty", "表达式是空的。", "写出条件，例如 technology = '5G'；不需要条件就删去这一项。"
        )
    if len(text) > MAX_CHARACTERS:
        message = f"表达式有 {len(text)} 个字符，最多 {MAX_CHARACTERS} 个。"
        raise refused(text, 0, "too-long", message, "请拆成几个派生数据。")
    bad = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", text)
    if bad:
        raise refused(
            text, bad.start(), "character", "表达式中有看不见的控制字符。", "请删去后重新输入这一处。"
        )
    _check_width(text)
    try:
        return _DIALECT.tokenize(text)
    except SqlglotError:
        raise refused(text, 0, "syntax", "表达式写法有误。", "检查引号是否成对：文字用单引号。") from None


def _check_width(text: str) -> None:
    """Refuse a full-width or Chinese sign outside quotes, and say which half-width one is meant."""
    outside = _QUOTED.sub(lambda found: " " * len(found.group()), text)
    for offset, sign in enumerate(outside):
        if sign in _FULL_WIDTH:
            hint = f"改成半角的 {_FULL_WIDTH[sign]}：符号和数字要在英文输入法下输入。"
            raise refused(text, offset, "character", f"{sign} 是全角或中文符号。", hint)


def _check_tokens(text: str, tokens: list[Token]) -> None:
    if not tokens:
        raise refused(text, 0, "comment", "表达式中不能写注释。", "说明请写在 assumption 或 title 里。")
    if len(tokens) > MAX_TOKENS:
        message = f"表达式有 {len(tokens)} 个词，最多 {MAX_TOKENS} 个。"
        raise refused(text, 0, "too-long", message, "请拆成几个派生数据。")
    depth = run = 0
    for token in tokens:
        run = run + 1 if token.token_type in _PREFIX else 0
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth > MAX_DEPTH or run > 3:
            raise refused(text, token.start, "too-deep", f"嵌套超过 {MAX_DEPTH} 层。", "请拆成几个派生数据。")
        _check_token(text, token)


def _check_token(text: str, token: Token) -> None:
    if token.comments:
        raise refused(
            text, token.start, "comment", "表达式中不能写注释。", "说明请写在 assumption 或 title 里。"
        )
    if token.token_type in _FORBIDDEN:
        raise refused(text, token.start, "forbidden", f"不能写 {token.text}。", _FORBIDDEN[token.token_type])
    if token.token_type is TokenType.NUMBER and not _NUMBER.fullmatch(token.text):
        message = f"数值 {token.text[:40]} 超出范围或写法不允许。"
        raise refused(text, token.start, "number", message, "写成普通小数：整数最多 15 位，小数最多 8 位。")
    if token.token_type is TokenType.STRING and len(token.text) > MAX_TEXT:
        message = f"文字常量有 {len(token.text)} 个字，最多 {MAX_TEXT} 个。"
        raise refused(text, token.start, "too-long", message, "请改用代码或简称。")


def _offset(text: str, error: SqlglotError) -> int:
    details = getattr(error, "errors", None) or [{}]
    line, column = details[0].get("line"), details[0].get("col")
    if not isinstance(line, int) or not isinstance(column, int):
        return 0
    lines = text.split("\n")
    before = sum(len(one) + 1 for one in lines[: line - 1])
    highlight = details[0].get("highlight") or ""
    return max(0, min(before + column - len(highlight), len(text) - 1))


def _near(text: str, offset: int) -> str:
    return f"问题在 “{text[offset : offset + 20]}” 附近；检查括号和引号是否成对、是否少写了 AND 或 OR。"
