"""Other cities' reward clauses, as data: every shape of award, each with the sums its text gives."""

from pathlib import Path

from wanqi.packs import check, explaining, read_directory, resolve

GALLERY = Path(__file__).parent / "gallery-awards"
REGIONS = Path(__file__).parents[2] / "regions"


def test_every_clause_pays_what_its_text_says() -> None:
    country = {path: data for path, data in read_directory(REGIONS).items() if path.startswith("cn/")}
    clauses = read_directory(GALLERY)
    vectors = [path for path in clauses if path.endswith(".cases.yaml")]
    assert len(vectors) == 64

    result = check({**country, **clauses})

    assert [str(one) for one in result.problems] == []
    assert result.coverage == 100


def test_a_reward_is_explained_with_its_sums() -> None:
    country = {path: data for path, data in read_directory(REGIONS).items() if path.startswith("cn/")}
    sources = {**country, **read_directory(GALLERY)}
    district = explaining.explain(resolve(sources, "cn-430602", checked=False), "cn-430602.rd")
    assert district[-4:] == [
        "  奖补金额，付给企业，取最高的一项：",
        "    1. 研发占销售5%以上、1000万元以上且全区前三",
        "    2. 研发100万元以上且增长10%以上，每超一个百分点1万元",
        "       口径：按整数个百分点计",
    ]
    capital = explaining.explain(resolve(sources, "cn-43", checked=False), "cn-43.capital")
    assert "  奖补金额，付给地方政府，各项合计：" in capital
