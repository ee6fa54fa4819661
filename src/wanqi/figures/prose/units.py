"""Units and counter words of reports: which belong together, and how measures convert."""

from __future__ import annotations

from fractions import Fraction

# Measures of one dimension with their size in the first unit of the group. 斤, 亩 and 公斤 are exact by law;
# 1 亩 = 1/15 公顷.
_MEASURES: dict[str, dict[str, Fraction]] = {
    "mass": {
        "公斤": Fraction(1), "千克": Fraction(1), "吨": Fraction(1000), "斤": Fraction(1, 2),
        "克": Fraction(1, 1000), "毫克": Fraction(1, 10**6),
    },
    "area": {
        "公顷": Fraction(1), "亩": Fraction(1, 15), "平方公里": Fraction(100), "平方千米": Fraction(100),
        "平方米": Fraction(1, 10**4), "平米": Fraction(1, 10**4),
    },
    "length": {
        "公里": Fraction(1), "千米": Fraction(1), "米": Fraction(1, 1000), "里": Fraction(1, 2),
        "华里": Fraction(1, 2), "海里": Fraction(1852, 1000),
    },
    "energy": {"千瓦时": Fraction(1), "度": Fraction(1), "兆瓦时": Fraction(1000)},
    "power": {"千瓦": Fraction(1), "兆瓦": Fraction(1000), "瓦": Fraction(1, 1000)},
    "volume": {"立方米": Fraction(1), "方": Fraction(1), "升": Fraction(1, 1000)},
    "money": {"元": Fraction(1)},
    "dollars": {"美元": Fraction(1)},
}  # fmt: skip
_DIMENSIONS = {unit: name for name, units in _MEASURES.items() for unit in units}
_SIZES = {unit: size for units in _MEASURES.values() for unit, size in units.items()}

# Counter words used for the same things side by side: 27208名 of 4844人, 家 next to 户 for firms.
_ALIKE = {
    "名": "人", "位": "人", "人": "人", "家": "家", "户": "家", "个": "个", "项": "个",
    "起": "件", "宗": "件", "件": "件", "桩": "件", "例": "件", "人次": "人次", "人民币": "元",
}  # fmt: skip

# Things counted one by one: only whole numbers make sense.
COUNTED = frozenset(
    "个家件人名位次项条户座处台套批篇宗起所期场辆头只本册部块颗份对例门支枚张封栋幢间种类艘架株棵匹艘岁天"
) | frozenset({"人次", "户次", "家次", "件次", "车次", "班次", "场次", "架次"})
DURATIONS = frozenset({"天", "日", "周", "年", "小时", "分钟", "个月", "岁", "月", "秒", "学时", "课时"})
_LONG = (
    "批次", "人份", "公斤/亩", "公斤/公顷", "千克/亩", "千克/公顷", "吨/公顷", "吨/亩", "斤/亩", "公斤每亩",
    "亿立方米", "立方米", "平方公里", "平方千米", "平方米", "平米", "千瓦时", "兆瓦时", "吨标准煤", "标准煤",
    "千瓦", "兆瓦", "千米", "千克", "公里", "公斤", "公顷", "毫克", "微克/立方米", "微克每立方米", "微克",
    "海里", "华里", "美元", "欧元", "港元", "港币", "日元", "英镑", "人民币", "人次", "户次", "家次",
    "件次", "车次", "班次", "场次", "架次", "小时", "分钟", "个月", "学时", "课时", "标准箱", "标箱", "人天",
    "厘米", "毫米", "摄氏度",
)  # fmt: skip
_SHORT = (
    "元吨斤克米里亩度升瓦个家件人名位次项条户座处台套批篇宗起所期场辆头只本册部块颗份对例门支枚张封栋幢间"
    "种类艘架株棵匹天日周年岁秒方分级羽尾眼口井盏桶箱袋轮节堂孔桩堆排站村镇乡"
)
UNIT_PATTERN = "|".join(_LONG) + f"|[{_SHORT}]"


def class_of(unit: str) -> str:
    """The name under which units may be added and compared: 人 for 名, mass for 公斤 and 吨, else itself."""
    return _DIMENSIONS.get(unit) or _ALIKE.get(unit, unit)


def size_of(unit: str) -> Fraction:
    """How many of its dimension's first unit one `unit` is; 1 for counters."""
    return _SIZES.get(unit, Fraction(1))


def is_measure(unit: str) -> bool:
    """True for units of mass, area, length, energy, power or volume, which convert by law."""
    return _DIMENSIONS.get(unit, "money") not in ("money", "dollars")
