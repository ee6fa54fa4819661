"""The constructions of reports: each is weighed, its error found, and its honest neighbours left in peace."""

from __future__ import annotations

import pytest

from wanqi.figures import Audit, audit

# A sound sentence, the figure in it, the wrong one, the relation, a repair among those offered.
WRONG = [
    ("收集问题298个,已办结271个,办结率90.9%。", "90.9%", "93.9%", "share", "93.9%→90.9%"),
    ("新增企业19家,完成年度任务20家的95%。", "95%", "85%", "share", "85%→95%"),
    ("民事3210件、刑事412件、行政96件,合计3718件。", "3718", "3781", "sum", "3781→3718"),
    ("热线2322件:咨询1422件、投诉503件、求助311件、其他86件。", "2322", "2222", "sum", "2222→2322"),
    ("人口402716人,其中男性206104人,占51.18%。", "51.18%", "57.18%", "share", "57.18%→51.18%"),
    ("新建高标准农田6.3万亩(4200公顷)。", "4200", "420", "conv", "420公顷→4200公顷"),
    ("案件612件,同比减少88件,下降12.57%。", "12.57%", "15.27%", "growthd", "15.27%→12.57%"),
    ("专利312件,上年241件,增长29.5%。", "29.5%", "25.9%", "growth", "25.9%→29.5%"),
    ("由48.6%提高到57.3%,提升8.7个百分点。", "8.7", "7.8", "pp", "7.8个百分点→8.7个百分点"),
    ("前10个月完成84.1%,超时序进度0.8个百分点。", "0.8", "3.8", "pacepp", "3.8个百分点→0.8个百分点"),
    ("税收21.2亿元(增值税8.6亿元、所得税4.1亿元、其他8.5亿元)。", "8.5", "9.5", "sum", "9.5亿元→8.5亿元"),
    ("起诉450人,不起诉57人,不起诉率11.24%。", "11.24%", "11.42%", "rate2", "11.42%→11.24%"),
    ("上年末451个,今年新建120个,累计571个。", "571", "671", "stock_flow", "671→571"),
    ("年初结存312件,新收2846件,审结2789件,年末未结369件。", "369", "396", "stock_flow", "396→369"),
    ("累计达480个,其中今年新建96个,比上年末增长25%。", "25%", "35%", "stock_flow", "35%→25%"),
    ("2021年、2022年分别完成42家、56家,两年共98家。", "98", "89", "sum", "89→98"),
    ("开播2000场,场均销售额4.3万元,合计8600万元。", "8600万", "8.6亿", "ratio", None),
    ("播种50万亩,亩产400公斤,总产20万吨。", "20万", "25万", "productk", "25万吨→20万吨"),
    ("正文称开工项目186个,附表开工项目186个。", "附表开工项目186", "附表开工项目168", "same", "168→186"),
    ("零售额90亿元增5.1%,城镇70亿元增5.1%,乡村20亿元增5.1%。", "90亿元增5.1%", "90亿元增6.4%", "wg", "6.4%→5.1%"),
    ("教职工5218人,其中专任教师4812人。", "5218", "4218", "subset", None),
]  # fmt: skip
CASES = [(sound, sound.replace(old, new), name, repair) for sound, old, new, name, repair in WRONG]


def levels(found: Audit) -> list[str]:
    return [finding.level for finding in found.findings]


@pytest.mark.parametrize("sound", [case[0] for case in CASES])
def test_what_adds_up_is_silent_and_weighed(sound: str) -> None:
    found = audit(sound)
    assert found.findings == ()
    assert found.checked >= 2


@pytest.mark.parametrize(("wrong", "relation", "repair"), [case[1:] for case in CASES])
def test_what_cannot_be_true_is_an_error_with_its_repair(
    wrong: str, relation: str, repair: str | None
) -> None:
    found = audit(wrong)
    assert levels(found) == ["error"]
    assert found.findings[0].relation == relation
    assert repair is None or repair in found.findings[0].repair
    assert "请核对" in found.findings[0].message


@pytest.mark.parametrize(
    "text",
    [
        # Parts that need not fill their whole, or lie over one another.
        "投资52600万元,其中工业26500万元、农业4400万元、服务业16360万元。",
        "新增企业30家,其中规上企业12家,高新技术企业20家。",
        "大气类86件、水类74件、噪声类62件、其他31件,共涉及217件信访件(部分信件涉及多类)。",
        # Rates of a base that the text does not give.
        "完成2.86亿元,占调整预算100.93%。",
        "公办幼儿园7所,新增学位1980个,普惠性幼儿园覆盖率92.4%。",
        "抽检食品1580批次,不合格34批次,合格率97.8%。",
        # The whole is said a sentence ago.
        "共签约64个。已开工47个、开工率73.4%,已投产19个、投产率29.7%。",
        "诉求2300件。按类型分,咨询1200件、求助700件、投诉400件,分别占52.2%、30.4%、17.4%。",
        # Growth at constant prices, and growth of something else.
        "生产总值286.4亿元,可比增长6.1%;一产41.2亿元增3.8%,二产102.7亿元增7.6%,三产142.5亿元增5.7%。",
        "火灾419起,死亡11人,同比起数下降11.4%。",
        "企业162家,产值增长36%。",
        # Rounding and hedges.
        "再就业7.0万人,增0.2万人,增2.2%。",
        "建成公路近300公里,完成任务280公里的105.4%。",
        "完成约120亿元,占年计划200亿元的60%以上。",
        # Explained, flat, damaged.
        "结案增140件:行政减12件、民商事持平、刑事增27件、执行增119件。",
        "案件272件:甲市101件、乙市98件、丙市76件(3件涉2市,分别交办)。",
    ],
)
def test_what_cannot_be_told_is_no_error(text: str) -> None:
    assert "error" not in levels(audit(text))


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("批捕56人,不捕27人,不捕率33.3%。", "rate2"),
        ("高新技术企业32家,同比增长38.8%。", "gint"),
        ("完成5G基站建设266个,增长120%。", "base"),
        ("家庭光纤全覆盖,覆盖率达98%。", "full_coverage"),
        ("认定企业62家,超额完成全年目标任务。", "target"),
        ("1-6月,新建基站96个,累计达682个,预计年内突破950个。", "run_rate"),
        ("奖励5-3人。", "range"),
        ("甲公司、乙公司、丙公司等2家企业入选。", "count"),
        ("突出五大工程,一是强链,二是固基,三是育才,四是引智。", "count"),
        ("在六县市中排名第七。", "rank"),
        ("甲8463件占30.65%、乙4127件占14.95%、丙3286件占19.90%。", "samewhole"),
    ],
)
def test_what_needs_another_look_is_asked_about(text: str, relation: str) -> None:
    found = audit(text)
    assert [(finding.level, finding.relation) for finding in found.findings] == [("query", relation)]


@pytest.mark.parametrize(
    "text",
    [
        "法人单位4491个,增2574个,增134.2%。",
        "事故4769起,道路交通3251起,占68.20%。",
        "甲类8人,占132人的6.07%。",
    ],
)
def test_a_last_digit_cut_off_raised_or_padded_is_a_note(text: str) -> None:
    assert levels(audit(text)) == ["note"]


def test_last_digits_are_one_line_for_the_text() -> None:
    found = audit("法人单位4491个,增2574个,增134.2%。甲类8人,占132人的6.07%。")
    assert levels(found) == ["note"]
    assert "有2处仅末位不合" in found.findings[0].message


TABLE = (
    "附表\n乡镇\t计划\t完成\t完成率\n甲镇\t82.0\t63.7\t77.7\n乙镇\t74.5\t58.1\t78.0\n"
    "丙镇\t68.9\t51.4\t74.6\n合计\t225.4\t{}\t76.8\n"
)


def test_the_total_of_a_table_is_added_up() -> None:
    assert audit(TABLE.format("173.2")).findings == ()
    found = audit(TABLE.format("193.2"))
    assert [(finding.level, finding.relation) for finding in found.findings] == [("error", "sum")]


def test_a_table_is_held_against_the_text_before_it() -> None:
    head = "固定资产投资48.2亿元,同比增长5.1%。\n"
    table = "指标\t上半年\t增长(%)\n工业产值\t96.4\t7.8\n固定资产投资\t42.8\t5.1\n"
    found = audit(head + table)
    assert [(finding.relation, finding.figures) for finding in found.findings] == [
        ("same", ("48.2亿元", "42.8"))
    ]
