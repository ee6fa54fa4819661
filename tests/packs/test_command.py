"""`wanqi check`: what it prints, how it ends, and what it does without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command on a folder, with a line that says which heavy packages it loaded."""
    code = (
        "import sys; from wanqi.cli.main import status_of; status = 0\n"
        "try: status = status_of(sys.argv[1:])\n"
        "except SystemExit as end: status = end.code\n"
        "print('loaded', [name for name in ('django', 'psycopg') if name in sys.modules]); sys.exit(status)"
    )
    arguments = [sys.executable, "-c", code, "check", "--packs", str(folder)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_a_sound_folder_ends_with_the_counts_and_needs_no_django() -> None:
    done = check(HERE / "sound")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "13 files, 1 programmes, 121 cases, coverage 88 %\nloaded []\n"


def test_problems_are_printed_with_their_place_and_end_with_status_1(tmp_path: Path) -> None:
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "pack.yaml").write_text('version: "2026-1"\nid: cn\ntitel: 全国\nlevel: 国家\n')
    done = check(tmp_path)
    assert done.returncode == 1
    assert done.stdout == (
        "cn/pack.yaml:1:1 [pack.missing-key] 缺少 title。\n  补上这一项。\n"
        "cn/pack.yaml:3:1 [pack.unknown-key] 不认识的键 titel。\n  是不是 title？\n"
        "以下有问题，没有检验，不计入覆盖率：cn/pack.yaml\n"
        "1 files, 0 programmes, 0 cases, coverage 100 %\nloaded []\n"
    )


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    done = check(tmp_path / "none")
    assert done.returncode == 3
    assert done.stderr.startswith(f"{tmp_path}/none：没有这个文件夹；用 --packs 指出地区配置所在的文件夹。")


def test_coverage_is_without_what_was_refused_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    shutil.copytree(HERE / "sound", folder)
    sound = (folder / "cn" / "programmes" / "growing.yaml").read_text(encoding="utf-8")
    other = sound.replace("cn.growing", "cn.shrinking").replace("revenue >= least", "revenu >= least")
    (folder / "cn" / "programmes" / "shrinking.yaml").write_text(other, encoding="utf-8")
    done = check(folder)
    assert done.returncode == 1
    first, *_, left, last, _ = done.stdout.splitlines()
    assert first.startswith("cn/programmes/shrinking.yaml:")
    assert left == "以下有问题，没有检验，不计入覆盖率：cn/programmes/shrinking.yaml、cn.shrinking"
    assert last.startswith("14 files, 2 programmes, ")
    assert last.endswith("coverage 100 %")
