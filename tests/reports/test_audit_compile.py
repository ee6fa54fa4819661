"""The compiler runs the auditor on what it wrote: figures that cannot all be true are not handed out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests import cast
from tests import conftest as house
from wanqi.cli.cluster import Cluster
from wanqi.core.access import Actor, actor_of
from wanqi.core.models import AuditEvent, User
from wanqi.reports.access import may_write
from wanqi.reports.actions import explain, rebase_draft, save_paragraph
from wanqi.reports.checking import check_text, key_of
from wanqi.reports.compile import compile_report, compose_report
from wanqi.reports.errors import FiguresDisagree
from wanqi.reports.models import Draft, Explanation

WRONG = "15家企业入选省级重点项目，占岳阳市总数(40家)的38.5%"


@pytest.fixture
def wrong_db(demo_db: str) -> str:
    """The demonstration with a sentence in its draft that somebody typed, with a wrong figure."""
    draft = Draft.objects.get()
    row = next(
        one for one in draft.paragraphs.order_by("pk") if may_write(clerk(), draft, one.office_id, None)
    )
    save_paragraph(row, f"{WRONG}。", actor=clerk())
    return demo_db


def clerk() -> Actor:
    return actor_of(User.objects.get(username="clerk"))


def page() -> str:
    browser = Client()
    browser.force_login(
        User.objects.get(username="clerk"), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = browser.get(f"/reports/{Draft.objects.get().pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("demo_db")
def test_the_report_of_the_demonstration_agrees_with_itself() -> None:
    compiled = compile_report(cast.REGION, "2023H1")
    assert compiled.checked.read == 55
    assert compiled.checked.of("error") == ()
    assert "本材料核对" in page()
    assert "导出Word" in page()


@pytest.mark.usefixtures("wrong_db")
def test_a_wrong_figure_fails_the_compile_and_names_sentence_sum_and_next_step() -> None:
    with pytest.raises(FiguresDisagree) as refused:
        compile_report(cast.REGION, "2023H1", draft=Draft.objects.get())
    assert "编成的材料中有数据差错，没有编成" in refused.value.cause
    assert "占岳阳市总数(40家)的38.5%" in refused.value.cause
    assert "15÷40=37.5%" in refused.value.cause
    assert "报送前核对" in refused.value.hint
    assert refused.value.compiled.checked.of("error")


@pytest.mark.usefixtures("wrong_db")
def test_no_draft_is_taken_as_read_on_it() -> None:
    draft, events = Draft.objects.get(), AuditEvent.objects.count()
    with pytest.raises(FiguresDisagree):
        rebase_draft(draft, actor=clerk(), reason="已核对")
    assert Draft.objects.count() == 1
    assert Draft.objects.get().version == draft.version
    assert AuditEvent.objects.count() == events


@pytest.mark.usefixtures("wrong_db")
def test_the_page_shows_the_error_and_hands_nothing_out() -> None:
    body = page()
    for shown in ("改正前不能导出", "数据差错", "15÷40=37.5%", "38.5%→37.5%", WRONG):
        assert shown in body, shown
    for missing in ("导出Word", "导出PDF"):
        assert missing not in body
    browser = Client()
    browser.force_login(
        User.objects.get(username="clerk"), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = browser.get(f"/reports/{Draft.objects.get().pk}/export/?format=docx")
    assert answer.status_code == 409
    assert "15÷40=37.5%" in answer.content.decode()
    assert not AuditEvent.objects.filter(verb="导出").exists()
    assert browser.get("/figures/infra.5g.total/?period=2023H1").status_code == 200


@pytest.mark.usefixtures("wrong_db")
def test_a_sum_that_somebody_explained_no_longer_stands_in_the_way() -> None:
    pasted = check_text(WRONG, region=cast.REGION)
    (finding,) = pasted.findings
    explain(pasted, key_of(finding), actor=clerk(), region=cast.REGION, reason="含一家跨县项目，按39家计")
    compiled = compile_report(cast.REGION, "2023H1", draft=Draft.objects.get())
    assert [one.reason for one in compiled.checked.explained] == ["含一家跨县项目，按39家计"]
    assert "导出Word" in page()
    Explanation.objects.get()


@pytest.mark.slow
def test_the_command_ends_with_status_1_and_writes_no_file(
    cluster: Cluster, wrong_db: str, tmp_path: Path
) -> None:
    out = tmp_path / "report.docx"
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.urls(wrong_db).app_url,
        "DJANGO_SETTINGS_MODULE": "wanqi.settings",
    }
    environment.pop("DATABASE_OWNER_URL", None)
    place = ("--region", cast.REGION, "--period", "2023H1", "--format", "docx", "-o", str(out))
    command = [sys.executable, "-m", "wanqi.cli.main", "report", "compile", *place]
    done = subprocess.run(
        command, cwd=house.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "15÷40=37.5%" in done.stderr
    assert done.stderr.rstrip().endswith("[reports.figures-disagree]")
    assert done.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.usefixtures("wrong_db")
def test_a_page_may_compose_what_may_not_be_handed_out() -> None:
    assert WRONG in compose_report(cast.REGION, "2023H1", draft=Draft.objects.get()).text
