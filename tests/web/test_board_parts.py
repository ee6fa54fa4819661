"""The board around its cards: period switch, ranks, ladder, squares and own outlines, what is overdue."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import cast
from wanqi.core.models import Attachment, User
from wanqi.indicators.actions import create_observation
from wanqi.indicators.models import Outline
from wanqi.projects.actions import correct_site
from wanqi.projects.models import Site
from wanqi.registry.actions.recognitions import RECOGNITIONS
from wanqi.web.console.board.geojson import Shape, draw

pytestmark = pytest.mark.usefixtures("demo")
REGION = "cn-430682"


def client(username: str = "clerk") -> Client:
    browser = Client()
    browser.force_login(
        User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
    )
    return browser


def page(path: str = "/board/", username: str = "clerk") -> str:
    answer = client(username).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_outlook_says_whether_how_much_and_who():
    told = page()
    assert "按当前进度年末约691个，难以完成全年目标800个，差109个。" in told
    assert "责任股室：信息化与数字产业股。" in told


def test_a_new_row_is_counted_at_once_and_taken_back_as_fast():
    assert "571个" in page()
    station = (
        Site.objects.filter(opened_on=date(2023, 6, 28)).first()
        or Site.objects.filter(opened_on__lte=date(2023, 6, 30), opened_on__gte=date(2023, 6, 1)).first()
    )
    correct_site(station, {"opened_on": date(2023, 7, 3)}, actor=cast.machine(), reason="核对")
    assert "570个" in page()
    station.refresh_from_db()
    correct_site(station, {"opened_on": date(2023, 6, 30)}, actor=cast.machine(), reason="更正回来")
    assert "571个" in page()


@pytest.mark.parametrize(
    ("period", "words", "shown"),
    [
        ("2023-06", "2023年6月", "28个"),
        ("2023Q2", "2023年第二季度", "75个"),
        ("2023", "2023年", "571个"),
        ("2023-01..05", "2023年1—5月", "543个"),
        ("2022H1", "2022年上半年", "307个"),
    ],
)
def test_the_period_is_switched_in_the_address(period: str, words: str, shown: str):
    told = page(f"/board/?period={period}")
    assert f"{words}；数据截至" in told or f"{words}，" in told
    assert shown in told


def test_an_odd_period_is_missing_and_no_failure():
    assert client().get("/board/?period=2023H9").status_code == 404
    assert client().get("/board/?group=%00&map=%00").status_code == 200


def test_the_drawer_of_the_judgement_has_the_formula_and_the_numbers():
    told = page("/board/judged/infra.5g.total/?period=2023H1")
    for shown in (
        "今年需新增349个，已新增120个",
        "120个÷349个＝34.38%",
        "整个区间都低于目标为滞后",
        "6",
        "50.00%",
    ):
        assert shown in told, shown
    assert client().get("/board/judged/infra.5g.new/").status_code == 404
    assert client("reporter").get("/board/judged/infra.5g.total/").status_code == 403


def test_ranks_are_told_with_where_they_come_from():
    told = page()
    assert "在同组县市里排第几？" in told
    assert "第2名" in told
    assert "通报" in told
    assert "没有通报排名，也没有同组各县市的数据，不列名次" in told


def test_the_ladder_counts_who_stands_there_on_the_day():
    told = page()
    assert "企业梯度" in told
    before = told.count("今年新增14家")
    assert before == 1
    values = {
        "programme": "cn.srdi-sme",
        "holder_name": "新增一家有限公司",
        "granted_on": date(2023, 6, 20),
        "level": "省级",
    }
    RECOGNITIONS.create(values, actor=cast.machine(), region=REGION)
    assert "今年新增15家" in page()
    assert "今年新增15家" not in page("/board/?period=2023-05")


def test_the_squares_show_peers_with_their_source_and_dashes_with_a_reason():
    told = page("/board/?map=infra.5g.total")
    assert "岳阳十三县市区（含功能区）：5G基站累计数谁多谁少？" in told
    assert "没有岳阳县2023年上半年的数" in told
    values = {
        "indicator": "infra.5g.total",
        "period": "2023-06-30",
        "value": Decimal(900),
        "source": "岳阳市通信发展简报",
        "peer": "430621",
        "as_of": date(2023, 6, 30),
    }
    create_observation(values, actor=cast.machine(), region=REGION)
    told = page("/board/?map=infra.5g.total")
    assert "没有岳阳县2023年上半年的数" not in told
    assert "900个" in told
    assert "13个县市区中2个有数" in told


def outline(**changes: object) -> bytes:
    ring = [[113.0, 29.0], [113.5, 29.0], [113.5, 29.5], [113.0, 29.0]]
    feature = {
        "type": "Feature",
        "properties": {"adcode": 430682},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [{**feature, **changes}]}).encode()


def sent(content: bytes, number: str = "湘S（2023）012号") -> object:
    file = SimpleUploadedFile("岳阳.geojson", content, content_type="application/json")
    return client().post(
        "/board/outline/", {"review_number": number, "source": "岳阳市标准地图服务", "file": file}
    )


def test_an_own_outline_is_drawn_until_it_is_put_out_of_use():
    assert sent(outline()).status_code == 302
    told = page()
    assert "审图号：湘S（2023）012号" in told
    assert "tile-map is-drawn" in told
    assert told.count('<path d="M0,') == 1
    assert sent(outline(), "湘S（2024）001号").status_code == 302
    assert list(Outline.objects.current().values_list("review_number", flat=True)) == ["湘S（2024）001号"]
    row = Outline.objects.current().get()
    client().post(f"/board/outline/{row.pk}/end/", {"reason": "过期"})
    assert "tile-map is-drawn" not in page()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "不是有效的JSON：第1行第2列"),
        (b"\xff\xfe", "不是UTF-8编码"),
        (b"[]", "最外层不是FeatureCollection"),
        (outline(properties={"name": "临湘"}), "没有找到区划代码字段"),
        (outline(properties=None), "第1个区域没有properties"),
        (outline(geometry={"type": "Point", "coordinates": [113, 29]}), "不是面"),
        (
            outline(geometry={"type": "Polygon", "coordinates": [[[1, 2], [1, 2], [1, 2], [1, 2]]]}),
            "不是经纬度",
        ),
        (outline(geometry={"type": "Polygon", "coordinates": [[[113, 29], [114, 29]]]}), "不足4个点"),
        (
            outline(
                geometry={"type": "Polygon", "coordinates": [[[113, 29], [114, 29], [114, 30], [113, 30]]]}
            ),
            "没有闭合",
        ),
    ],
)
def test_a_bad_outline_is_refused_with_what_and_where(content: bytes, told: str):
    before = Attachment.objects.count()
    answer = sent(content)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert (Outline.objects.count(), Attachment.objects.count()) == (0, before)


def test_a_label_stands_inside_its_area_and_above_every_border():
    bent = ((0.0, 0.0), (0.0, 4.0), (1.0, 4.0), (1.0, 1.0), (4.0, 1.0), (4.0, 0.0), (0.0, 0.0))
    ((x, y),) = draw((Shape("430682", (bent,)),)).centres.values()  # the middle of its extent lies outside
    assert 0 < x < 1000
    assert x < 250 or y > 750
    sent(outline())
    page = client().get("/board/?period=2023H1").content.decode()
    drawing = page[page.index('<svg class="tile-map') :]
    drawing = drawing[: drawing.index("</svg>")]
    assert drawing.rindex("<path") < drawing.index("<text")


def test_without_a_review_number_no_map_is_used():
    answer = sent(outline(), "没有")
    assert answer.status_code == 422
    assert "请填写审图号" in answer.content.decode()
    assert client("leader").post("/board/outline/", {}).status_code == 403


def test_who_only_reads_has_no_button_to_hand_on():
    assert "交办</a>" in page()
    assert "交办</a>" not in page(username="leader")
    finance = page(username="finance")
    assert "短板没有销号" not in finance
    assert "企业梯度" not in finance
