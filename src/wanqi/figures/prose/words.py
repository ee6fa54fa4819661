"""The words of reports that give a figure its part in a sentence."""

from __future__ import annotations

import re

_UP = (
    "增长|增加|增收|增产|增幅|增速|上升|上涨|上扬|提高|提升|攀升|升高|扩大|加快|涨幅|升幅|高出|超出|超过|快于|"
    "高于|多于|优于|好于|提前|增|升|涨|多|高|快|超"
)
_DOWN = (
    "负增长|下降|降低|减少|减收|减产|降幅|减幅|下滑|下跌|跌幅|回落|缩小|收窄|改善|压减|下调|缩减|低于|慢于|少于|"
    "滞后于?|落后于?|减|降|跌|少|低|慢|欠"
)
_FILL = r"(?:了|约|近|将近|大约|约为|达到?|为|是|共计?|仅|又|还|再|幅度?|速度?|率|出|于|达|:)*"
DIRECTION = re.compile(rf"(?:(?P<down>{_DOWN})|(?P<up>(?<![新最净])(?:{_UP})))(?P<fill>{_FILL})$")
DIRECTION_ANYWHERE = re.compile(rf"(?P<down>{_DOWN})|(?P<up>(?<![新净])(?:{_UP}))")
# 多 and 高 alone turn adjectives (很多, 最高) unless something is compared; 增 after 新 makes a flow, not a change.
NOT_CHANGE = re.compile(
    r"(?:新增|至少|不少|许多|很多|最多|最高|最低|众多|诸多|较高|较低|较多|较少|减免|增值|大多|全面提升)$"
)

REACHED = re.compile(
    r"(?:增长|增加|增|上升|提高|提升|升|发展|扩大|下降|降低|减少|减|降|回落|压减|下调|缩小|上涨|涨|跃升|攀升|调整|扩容|拓展)(?:到|至|为)(?:了|约|近)?$"
)
COMPARED = re.compile(
    r"同比|环比|(?:比|较|与|同|相比)(?:去年|上年|同期|上月|上期|上季|年初|前年|以前|往年|上一|全国|全省|全市|平均|高峰|计划|目标|预期|预算)"
    r"|相比|(?<![对占])比(?![重例较赛])|较(?![大好快为强多少高低])"
)
COMPARE_HEAD = re.compile(
    r"同比|环比|按可比|与[^,]{0,8}相比|相比|(?<![对占])比(?![重例较赛])|较(?![大好快为强])"
)
# Words around a change that name no subject of their own.
FILLER = re.compile(
    r"^(?:分别|依次|各|均|都|也|又|则|仍|再|净|仅|只|约|总体|累计|实际|名义|相应|同步|同口径|可比口径|继续|持续|略|"
    r"微|大幅|小幅|进一步|并|且|即|其|已|共|合计|全年|本期|有|年|月|的|口径|按|可比|平均|实现|呈|且同比|,|\s)+$"
)
BASE_WORDS = re.compile(
    r"^(?:而|其中|它|其|,)*(?:上年|去年|前年|上一年|上年度|上期|上月|上季度|年初|期初|上年末|去年末|去年底|上年底|同期|往年|基期)"
    r"(?:同期|全年|同月|全市|年末|末|底|初|度|数)*(?:的|实际|受理|完成|数|为|是|仅|只|有|共)*$"
)
FROM_WORDS = re.compile(r"(?:由|从|自)[^,]{0,20}$")
SHARE = re.compile(r"占(?!地|用|道|领|据|有|线|补|全?年)|(?:比重|比例|占比|份额)(?:为|达到?|是|约|的)*$|所占")
SHARE_OBJECT = re.compile(r"占(?:比|到|了|其|总|全部|总数|总量|总额|整个|比例|比重|的|约|为|达|据|\s)*$")
COMPLETION = re.compile(
    r"(?:完成|达到?|实现|为|占)?[^,]*?(?:任务|目标|计划|预算|指标)[^,]*$|完成(?:了|率)?(?:为|达到?|约)*$"
)
GROWTH_RATE = re.compile(r"(?:增长|下降|上升|增加|降低|减少)(?:率|幅度?|速度)(?:为|达到?|是|约|超过|高达)*$")
RATE = re.compile(r"([\u4e00-\u9fff]{1,12}?率)(?:为|达到?|是|约|,|均|在|已|超过|高达|的)*$")
TARGET_BEFORE = re.compile(
    r"(?:任务|目标|计划|预算|指标|应)(?:投资|开工|完成|建设|总?投资|资金|数|量|为|是|总|达到?|新|项目|实施|收入|引进|\s)*$"
)
TARGET_AFTER = re.compile(r"^的?(?!完成|占|超|实现|达|为)(?:[\u4e00-\u9fff]{0,6})?(?:任务|目标|计划|预算)")
SET_TARGET = re.compile(r"任务|目标")
AVERAGE = re.compile(
    r"(?:日均|月均|年均|周均|[人户亩村校班场店所台项镇乡件单]均|均价|单价|每[\u4e00-\u9fff]{1,3}|单产|亩产|平均(?!增|每?年增))[^,]{0,8}$"
)
YIELD = re.compile(r"单产|亩产|每公顷|每亩")
OPEN_LIST = re.compile(r"其中|包括|包含|(?:^|[(,])含|主要(?:有|是|为|包括)|涵盖")
TOTAL = re.compile(
    r"^(?:全[市县区省州]|累计|总)?共(?!同|享|建|产|青|和|性)[\u4e00-\u9fff]{0,6}$|"
    r"^(?:[\u4e00-\u9fff]{0,6})?(?:合计|总计|共计|累计共|小计|总共|共)(?:有|为|达到?|受理|完成|实现|约)?$|"
    r"^全[年市县区省州国镇乡校院局系统]*(?:共|合计|总计)?$|"
    r"^(?:[两二三四五六七八九十]|\d+)(?:个)?(?:年|月|季度|市|县|区|项|类|者|家|地|州|镇|乡|级|方面)(?:合计|共|共计|总计|总和|之和)?$|^(?:两者|三者)(?:合计|之和)?$"
)
COUNTED_GROUP = re.compile(
    r"([两二三四五六七八九十])(?:个)?(?:年|月|季度|市|县|区|项|类|者|家|地|州|镇|乡|级|方面|部分|大|种)"
)
OTHER_ITEM = re.compile(r"^(?:及|和|以及)?其[他它余](?!各?国)|(?:及|和|与|以及)其[他它余]$")
EXHAUSTIVE = re.compile(r"分别|依次|各为|分为|分布|组成|构成")
SEVERAL_TYPES = re.compile(
    r"类型|类别|涉及|多选|可多|大气|水污染|噪声|噪音|扬尘|油烟|生态|土壤|反映(?:的)?问题|按问题|按内容|标签|领域"
)
SEVERAL_NOTE = re.compile(
    r"涉及?(?:多|两|三|\d+)[个种类市项]|涉\d|重复|交叉|多种|兼|同时|分别交办|四舍五入|不含|剔除|未计|部分"
)
# Adjectives: a change only where something is compared or nothing else stands before.
BARE_CHANGE = frozenset("多高快少低慢超欠")
RECEIVED = re.compile(r"受理|收到|接收|收案|受案|交办|立案|排查|发现|收办")
OUTCOME = re.compile(r"批准|批捕|逮捕|起诉|不捕|不诉|办结|审结|结案|整改|答复|化解|解决|销号")
SETTLED = re.compile(r"结|办|处理|完成|整改|达标|合格|满意|已|解决|落实|开工|投产|到位")
LEFT_OVER = re.compile(r"未|在办|正在|流转|剩余|余|不合格|待")
OVERLAPPING = re.compile(
    r"规上|规模以上|规模|高新|专精特新|小巨人|科技型|重点(?!实验室)|龙头|上市|党员|女|妇女|少数民族|大专|本科|博士|硕士|亿元以上|"
    r"以上|国家级|省级|外贸|示范|新增|累计|其中|涉及|贫困|残疾|退役|青年|回迁|在职|高级|中级"
)
FLAT = re.compile(r"持平|不变|基本稳定|无变化")
REAL_GROWTH = re.compile(
    r"生产总值|增加值|GDP|可比价|不变价|总产值|可比口径|同口径|实际增长|剔除价格|扣除价格"
)
SECTORS = re.compile(r"^(?:其中)?(?:第?[一二三]次?产业?|工业|建筑业|服务业|农业|农林牧渔业?)(?:完成|实现)?$")
PACE = re.compile(r"(?:时序|序时|时间)(?:进度)?|进度要求|均衡进度")
STOCK = re.compile(r"累计|总数|总量|保有|存量|在册|现有|共有|总规模|年末|期末|达到?$|拥有")
FLOW = re.compile(r"新增|新建|新设|新登记|新认定|建成|完成|新开|新引进|净增|建设|新发展|新培育")
BUILDING = re.compile(r"(?:建设|新建|新增|建成|新开通|开通)[^,]{0,8}$|完成[^,]{0,12}(?:建设|新建)$")
FORECAST = re.compile(r"预计|预期|有望|力争|将达|将突破|年内可|可突破|可达|可望")
COMPLEMENTS: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "城镇 乡村 农村 城市",
        "轻工业 重工业",
        "出口 进口",
        "男 女 男性 女性",
        "税收 非税 税 非税收入",
        "国税 地税 财政",
        "一产 二产 三产 第一产业 第二产业 第三产业",
        "夏粮 秋粮 早稻 春粮",
        "小学 初中 高中 幼儿园 学前 中职 普高 职高 特教",
        "满意 基本满意 不满意 较满意",
        "在建 新开工 预备 续建 新建 新引进 竣工 计划投产 储备 拟建 前期 投产 未开工",
        "来电 来信 来访 电话 网络 微信",
        "省级 市级 县级 国家级 省重点 市重点 县重点 中央 地方 上划 州直 市直",
        "直办 转办 交办",
        "办结 在办 未结 未办结 审结 处理完 正在办理",
        "企业 个体 合作社 个体户 个体工商户 农民专业合作社",
        "发明 实用新型 外观 外观设计 发明专利",
        "工业 建筑业",
        "一审 二审 再审",
        "基层 中级 高级",
        "国有 民营 外资 集体 私营",
        "起诉 不起诉 附条件",
        "批捕 不捕 逮捕 不批捕",
        "刑事 民事 行政 执行 民商事",
        "新收 旧存",
        "出生 死亡",
        "流入 流出",
        "上半年 下半年",
        "公办 民办",
        "内资 外资",
        "汉族 少数民族",
        "城乡 职工 居民",
        "团体 个人",
    )
)


def complementary(labels: list[str]) -> bool:
    """True when the labels name the sides of one division: 城镇 and 乡村, X and 不X, 甲重点 and 乙重点."""
    if len(labels) < 2 or len(set(labels)) != len(labels) or not all(labels):
        return False
    for group in COMPLEMENTS:
        if sum(any(word in label for word in group) for label in labels) == len(labels):
            return True
    left = [bool(LEFT_OVER.search(label)) for label in labels]
    if len(labels) == 2 and sum(left) == 1 and SETTLED.search(labels[left.index(False)]):
        return True
    if len(labels) == 2:
        first, second = sorted(labels, key=len)
        if len(first) >= 1 and any(second == f"{no}{first}" for no in ("不", "未", "非", "无", "不予")):
            return True
        if first[:1] == "已" and second[:1] == "未":
            return True
    return _parallel(labels)


def siblings(whole: str, labels: list[str]) -> bool:
    """True when the supposed whole is itself a side of the division: 一产 before 二产 and 三产."""
    for group in COMPLEMENTS:
        if whole in group and all(any(word in label for word in group) for label in labels):
            return True
    return bool(whole) and _parallel([whole, *labels])


def _parallel(labels: list[str]) -> bool:
    """Labels of one length (at most five characters) that share a character in the same place."""
    size = len(labels[0])
    if not 2 <= size <= 5 or any(len(label) != size for label in labels):
        return False
    return any(len({label[n] for label in labels}) == 1 for n in range(size))
