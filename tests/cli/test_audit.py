"""`wanqi audit`: a file or JSON lines in, findings out, without Django and without a database."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import docx
import pytest

ROOT = Path(__file__).resolve().parents[2]
SUM = "全市入选15家，占岳阳市总数(40家)的38.5%。"
SOUND = "全市入选15家，占岳阳市总数(40家)的37.5%。"


def audit(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the command, with a last line that says which heavy packages it loaded."""
    code = (
        "import sys; from wanqi.cli.main import status_of; status = 0\n"
        "try: status = status_of(sys.argv[1:])\n"
        "except SystemExit as end: status = end.code\n"
        "print('loaded', [name for name in ('django', 'psycopg', 'polars') if name in sys.modules])\n"
        "sys.exit(status)"
    )
    command = [sys.executable, "-W", "error", "-c", code, "audit", *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, cwd=ROOT)


def lines(*texts: object) -> bytes:
    return b"".join(
        json.dumps({"id": number, "text": text}, ensure_ascii=False).encode() + b"\n"
        for number, text in enumerate(texts)
    )


def test_lines_are_answered_in_order_with_the_fields_of_the_contract() -> None:
    done = audit("--jsonl", given=lines(SUM, "没有数据。", SOUND))
    assert (done.returncode, done.stderr) == (0, b"")
    *answers, loaded = done.stdout.decode().splitlines()
    assert loaded == "loaded []"
    first, second, third = (json.loads(line) for line in answers)
    assert list(first) == ["id", "read", "checked", "findings"]
    assert [first["id"], second["id"], third["id"]] == [0, 1, 2]
    (finding,) = first["findings"]
    assert list(finding) == ["level", "relation", "figures", "span", "message", "repair"]
    assert (finding["level"], finding["relation"]) == ("error", "share")
    assert "38.5%" in finding["figures"]
    start, end = finding["span"]
    assert "38.5%" in SUM[start:end]
    assert "38.5%→37.5%" in finding["repair"]
    assert second == {"id": 1, "read": 0, "checked": 0, "findings": []}
    assert (third["read"], third["checked"], third["findings"]) == (3, 3, [])


def test_a_bad_line_is_told_and_the_others_are_answered() -> None:
    done = audit("--jsonl", given=b'{"id": 1}\n' + lines(SOUND) + b'{"id": 2, "text": 7}\nxx\n')
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()[:-1]] == [0]
    errors = [json.loads(line) for line in done.stderr.decode().splitlines()]
    assert [(one["line"], one["code"]) for one in errors] == [
        (1, "line.incomplete"),
        (3, "line.incomplete"),
        (4, "line.unreadable"),
    ]
    assert errors[1]["message"] == "text 不是文字"


def test_nothing_in_is_nothing_out() -> None:
    done = audit("--jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"loaded []\n", b"")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_text_is_told_in_words_findings_first(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "总结.txt"
    file.write_bytes(f"一、总体情况\n{SUM}\n".encode(encoding))
    done = audit(str(file))
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert re.match(r"1\. 数据差错（[^）]*第2[行段]）：15÷40=37\.5%", said)
    assert "   原文：" in said
    assert "15÷40=37.5%" in said
    assert "38.5%→37.5%" in said
    assert said.splitlines()[-2:] == ["共识别数据3处，已核3处，未核0处。", "loaded []"]


def test_a_sound_text_says_so(tmp_path: Path) -> None:
    file = tmp_path / "总结.txt"
    file.write_text(SOUND, encoding="utf-8")
    assert audit(str(file)).stdout.decode().splitlines()[0] == "没有发现疑点。"
    file.write_text("没有数据。", encoding="utf-8")
    assert audit(str(file)).stdout.decode().splitlines()[0].startswith("没有读到数据")


def test_a_word_file_as_one_line_of_json(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(SUM)
    document.save(str(tmp_path / "总结.docx"))
    done = audit(str(tmp_path / "总结.docx"), "--json")
    answer, loaded = done.stdout.decode().splitlines()
    assert (done.returncode, loaded) == (0, "loaded []")
    assert json.loads(answer)["id"] == "总结.docx"
    assert [one["level"] for one in json.loads(answer)["findings"]] == ["error"]


def test_an_earlier_document_is_laid_beside(tmp_path: Path) -> None:
    now, before = tmp_path / "2023年上半年.txt", tmp_path / "2022年总结.txt"
    now.write_text("2023年上半年，新增5G基站120个，累计达571个。培训5次。", encoding="utf-8")
    before.write_text("2022年，新增5G基站245个，累计达351个。", encoding="utf-8")
    done = audit(str(now), "--with", str(before), "--json")
    answer, loaded = done.stdout.decode().splitlines()
    assert (done.returncode, loaded) == (0, "loaded []")
    said = json.loads(answer)
    (finding,) = said["findings"]
    assert (finding["level"], finding["relation"]) == ("query", "stock_flow")
    assert finding["figures"] == ["120个", "571个"]
    assert said["bound"] == 2
    assert [(one["figure"], one["reason"]) for one in said["unbound"]] == [
        ("5次", "没有同名的指标或以前的数据")
    ]
    told = audit(str(now), "--with", str(before)).stdout.decode()
    assert "《2022年总结》" in told
    assert "已与数据或以前材料比对2处，未能关联1处。\n   5次：没有同名的指标或以前的数据" in told


def test_an_old_word_file_is_one_sentence_and_status_1(tmp_path: Path) -> None:
    file = tmp_path / "总结.doc"
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    done = audit(str(file))
    assert (done.returncode, done.stdout) == (1, b"loaded []\n")
    said = done.stderr.decode()
    assert "总结.doc" in said
    assert ".docx" in said
    assert said.count("\n") == 1
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "请写明一个文件，或用 --jsonl"),
        (("--jsonl", __file__), "请写明一个文件，或用 --jsonl"),
        (("--jsonl", "--json"), "--jsonl 的输出已是JSON"),
        (("--jsonl", "--with", __file__), "--with 只用于核对文件"),
        (("no-such-file.txt",), "'文件' 的值不对：文件不存在：no-such-file.txt"),
    ],
)
def test_a_wrong_call_is_one_sentence_and_status_2(arguments: tuple[str, ...], sentence: str) -> None:
    done = audit(*arguments)
    assert (done.returncode, done.stdout) == (2, b"loaded []\n")
    assert done.stderr.decode().startswith(sentence)
    assert done.stderr.decode().count("\n") == 1
