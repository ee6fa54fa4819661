"""Every register through its pages: register, find, correct with a reason, withdraw, restore, export; who may what."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from tests import cast
from tests.web.register_rows import TRIED
from wanqi.core.access import actor_of
from wanqi.core.models import AuditEvent, Role, User
from wanqi.web.console.registers.catalogue import REGISTERS, register

Pages = Callable[[Role | None], Client]
IN_THE_TABLE = {Role.CLERK, Role.HEAD, Role.REPORTER, Role.ENTERPRISE, Role.AUDITOR}
# Registers whose own tests do the same and more.
ELSEWHERE = {"organisations", "sites", "documents", "observations"}

pytestmark = pytest.mark.django_db


def test_every_register_is_tried() -> None:
    assert {one.name for one in REGISTERS} - ELSEWHERE == set(TRIED)


def filled(name: str) -> dict[str, str]:
    return {**TRIED[name].given(), "office": str(cast.offices()[0].pk)}


def made(name: str, clerk: Client) -> Any:
    """Register the row through its page and return it."""
    answer = clerk.post(f"/{name}/new/", {**filled(name), "step": "create"})
    found = register(name)
    assert found is not None
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return found.model.objects.order_by("-pk").get(pk=answer["Location"].strip("/").split("/")[-1])


@pytest.mark.parametrize("name", TRIED)
def test_a_row_is_registered_found_corrected_and_shown(signed_in: Pages, name: str) -> None:
    clerk, tried = signed_in(Role.CLERK), TRIED[name]
    row = made(name, clerk)
    page = clerk.get(f"/{name}/?q={tried.found_by}").content.decode()
    assert f"/{name}/{row.pk}/" in page
    given = {**filled_again(name, row), **tried.changed, "seen": str(row.version)}
    asked = clerk.post(f"/{name}/{row.pk}/correct/", {**given, "step": "review"})
    assert asked.status_code == 200
    assert "确认更正" in asked.content.decode()
    answer = clerk.post(f"/{name}/{row.pk}/correct/", {**given, "step": "confirm", "reason": "来函更正"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    shown = clerk.get(f"/{name}/{row.pk}/").content.decode()
    assert [one for one in tried.shown if one not in shown] == []
    assert [one for one in tried.forbidden if one in shown or one in page] == []
    verbs = AuditEvent.objects.filter(target_kind=row._meta.label_lower, target_id=str(row.pk)).order_by("id")
    assert list(verbs.values_list("verb", "reason")) == [("登记", ""), ("更正", "来函更正")]


def filled_again(name: str, row: Any) -> dict[str, str]:
    """Return the form of the row as its page shows it."""
    found = register(name)
    assert found is not None
    form = found.form(
        instance=row, actor=actor_of(cast.user(Role.HEAD, username="again")), region=cast.REGION
    )
    values = {}
    for bound in form:
        if bound.name in form.attachments:
            continue
        value = bound.field.prepare_value(bound.value())
        values[bound.html_name] = "" if value is None else str(getattr(value, "pk", value))
        if isinstance(value, tuple):  # a picked row: its id and the text of the search field
            values[bound.html_name], values[f"{bound.html_name}_text"] = (
                str(value[0] or ""),
                str(value[1] or ""),
            )
        if hasattr(value, "isoformat"):
            values[bound.html_name] = value.isoformat()
    return values


@pytest.mark.parametrize("name", [name for name, tried in TRIED.items() if tried.wrong])
def test_a_wrong_row_is_refused_at_its_field_and_nothing_is_kept(signed_in: Pages, name: str) -> None:
    wrong = TRIED[name].wrong
    assert wrong is not None
    found = register(name)
    assert found is not None
    answer = signed_in(Role.CLERK).post(f"/{name}/new/", {**filled(name), **wrong[0], "step": "create"})
    assert answer.status_code == 422
    assert wrong[1] in answer.content.decode()
    assert found.model.objects.count() == 0


@pytest.mark.parametrize("name", TRIED)
def test_a_withdrawn_row_leaves_the_list_stays_readable_and_comes_back(signed_in: Pages, name: str) -> None:
    clerk = signed_in(Role.CLERK)
    row = made(name, clerk)
    refused = clerk.post(f"/{name}/{row.pk}/withdraw/", {"reason": ""})
    assert refused.status_code == 422
    row.refresh_from_db()
    assert row.withdrawn_at is None
    clerk.post(f"/{name}/{row.pk}/withdraw/", {"reason": "重复登记"})
    assert f"/{name}/{row.pk}/" not in clerk.get(f"/{name}/").content.decode()
    assert "已撤销" in clerk.get(f"/{name}/{row.pk}/").content.decode()
    clerk.post(f"/{name}/{row.pk}/restore/", {"reason": "撤销有误"})
    assert f"/{name}/{row.pk}/" in clerk.get(f"/{name}/").content.decode()


def sent(client: Client, address: str) -> bytes:
    """Return the file a page sends."""
    return drained(client.get(address))


def drained(answer: Any) -> bytes:
    """Return all of an answer; a file that is not read to its end stays open."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("name", TRIED)
def test_the_export_has_the_lists_columns_and_nothing_masked(signed_in: Pages, name: str) -> None:
    clerk = signed_in(Role.CLERK)
    made(name, clerk)
    found = register(name)
    assert found is not None
    heads = [*(column.title for column in found.columns), "状态", "数据性质"]
    content = sent(clerk, f"/{name}/export/")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.to_python()[0] == heads
    printed = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert f"<oddFooter>&amp;L{Role.CLERK.label}　" in printed
    text = sent(clerk, f"/{name}/export/?format=csv").decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[0] == heads
    assert len(lines) == 2
    assert [one for one in TRIED[name].forbidden if one in text] == []


@pytest.mark.parametrize("name", TRIED)
def test_who_may_open_register_and_take_away(signed_in: Pages, name: str) -> None:
    """What the table of roles says is what list, form and export do; for the other roles `reach.txt` says it."""
    found = register(name)
    assert found is not None
    for role in {*Role, None} - IN_THE_TABLE:
        user, actor = signed_in(role), actor_of(User.objects.get(username=role.value if role else "stranger"))
        for address, verb in (
            (f"/{name}/", "view"),
            (f"/{name}/export/", "export"),
            (f"/{name}/new/", "create"),
        ):
            expected = 200 if actor.can(found.resource, verb) else 403
            answer: Any = user.get(address)
            drained(answer)
            assert (answer.status_code, role, address) == (expected, role, address)


@pytest.mark.parametrize("name", TRIED)
def test_another_office_reads_and_cannot_write(signed_in: Pages, name: str) -> None:
    row = made(name, signed_in(Role.CLERK))
    other = cast.user(Role.CLERK, username="elsewhere", office=cast.offices()[1])
    client = Client()
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    may_read = name != "listings"  # restricted to the own office
    assert client.get(f"/{name}/{row.pk}/").status_code == (200 if may_read else 404)
    assert client.get(f"/{name}/{row.pk}/correct/").status_code == (403 if may_read else 404)
    assert client.post(f"/{name}/{row.pk}/withdraw/", {"reason": "试试"}).status_code == (
        403 if may_read else 404
    )
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert (f"/{name}/{row.pk}/" in client.get(f"/{name}/").content.decode()) is may_read
