"""The audit of reports: 10,000 characters, 10 MB in a process of its own, and whether the time grows with the length."""

from __future__ import annotations

import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from .ground import ROOT, Options, tell
from .results import Result

SHORT, SHORT_GOAL = 10_000, 0.05  # characters, seconds
LONG, LONG_GOAL, MEMORY_GOAL = 10_000_000, 60.0, 500.0  # bytes of UTF-8, seconds, MB
LENGTHS = (20_000, 320_000)  # characters, to compare the time of each
PLAIN = (
    "坚持以高质量发展为主题", "健全部门协同工作机制", "切实加强组织领导", "推动各项政策落地见效", "进一步优化营商环境",
    "强化要素保障和服务", "压实属地管理责任", "持续巩固提升工作成效", "着力补齐短板弱项", "广泛开展宣传发动",
)  # fmt: skip
STRETCH = 1.5  # how much dearer a character of the longer text may be


def run(options: Options) -> list[Result]:
    """Audit invented reports, never the same twice; the quickest of the rounds counts."""
    audited(report(2000, seed=0))  # imports and tables
    seconds, read, checked = best(lambda n: report(SHORT, seed=n), options.rounds * 3)
    results = [
        Result(
            benchmark="auditor",
            what=f"{SHORT:,} characters",
            value=seconds * 1000,
            unit="ms",
            goal=SHORT_GOAL * 1000,
            more={"read": read, "weighed": checked, "ms a claim": round(seconds * 1000 / max(read, 1), 3)},
        )
    ]
    tell(f"{SHORT:,} characters: {seconds * 1000:.0f} ms")
    results += long_text()
    results += [growing(report, "ordinary paragraphs"), growing(breathless, "one sentence without an end")]
    return results


def report(length: int, *, seed: int) -> str:
    """Return a text of `length` characters: invented documents, planted errors and all, between plain paragraphs.

    There are about 300 figures in 10,000 characters, as in a bureau's half-year report.
    """
    dice = random.Random(seed)
    kept = json.loads((ROOT / "tests/figures/corpus/fresh.json").read_text(encoding="utf-8"))["documents"]
    texts = [text for name, text in kept.items() if name.startswith("f")]
    pieces: list[str] = []
    have = 0
    while have < length:
        for paragraph in dice.choice(texts).splitlines():
            pieces.append(f"{paragraph}\n{'，'.join(dice.choices(PLAIN, k=len(paragraph) // 7))}。\n")
            have += len(pieces[-1])
    return "".join(pieces)[:length]


def breathless(length: int, *, seed: int) -> str:
    """Return the same without a single full stop or line end: a text that was never meant to be read."""
    return re.sub(r"[。；\n\t]", "，", report(length, seed=seed))


def audited(text: str) -> tuple[float, int, int]:
    """Return the seconds of processor an audit took, the figures it read and those it weighed.

    An audit is one thread and waits for nothing, so on an idle machine this is the time one waits.
    """
    from wanqi.figures import audit

    began = time.process_time()
    found = audit(text)
    return time.process_time() - began, found.read, found.checked


def best(text: Callable[[int], str], rounds: int) -> tuple[float, int, int]:
    return min((audited(text(n)) for n in range(1, rounds + 1)), key=lambda one: one[0])


def growing(text: Callable[..., str], kind: str) -> Result:
    """Return how much dearer a character of a sixteen times longer text is: 1 when the time is linear."""
    a_character = [median(audited(text(length, seed=n))[0] for n in range(3)) / length for length in LENGTHS]
    tell(f"{kind}: {a_character[0] * 1e6:.2f} and {a_character[1] * 1e6:.2f} µs a character")
    return Result(
        benchmark="auditor",
        what=f"{LENGTHS[1] // LENGTHS[0]} times longer, {kind}",
        value=a_character[1] / a_character[0],
        unit="× a character",
        goal=STRETCH,
        more={"µs a character": round(a_character[1] * 1e6, 2)},
    )


def long_text() -> list[Result]:
    """Audit 10 MB in a process of its own, whose memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.auditor"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    tell(f"10 MB: {found['seconds']:.1f} s, {found['memory']:.0f} MB")
    a_claim = round(found["seconds"] * 1000 / max(found["read"], 1), 3)
    return [
        Result(
            benchmark="auditor", what="10 MB of UTF-8", value=found["seconds"], unit="s", goal=LONG_GOAL,
            more={"characters": found["characters"], "read": found["read"], "ms a claim": a_claim},
        ),
        Result(
            benchmark="auditor", what="10 MB of UTF-8, most memory", value=found["memory"], unit="MB", goal=MEMORY_GOAL,
            note="of the whole process, the text itself included",
        ),
    ]  # fmt: skip


def main() -> int:
    """Audit 10 MB and print seconds, memory in MB and counts as JSON: run by `long_text`."""
    text = report(LONG // 2, seed=1).encode()[:LONG].decode(errors="ignore")
    seconds, read, checked = audited(text)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {"seconds": seconds, "memory": memory, "characters": len(text), "read": read, "checked": checked}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
