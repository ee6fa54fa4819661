"""Other cities' reward clauses, as data: every shape of award, each with the sums its text gives."""

from pathlib import Path

from wanqi.packs import check, read_directory

GALLERY = Path(__file__).parent / "gallery-awards"
REGIONS = Path(__file__).parents[2] / "regions"


def test_every_clause_pays_what_its_text_says() -> None:
    country = {path: data for path, data in read_directory(REGIONS).items() if path.startswith("cn/")}
    clauses = read_directory(GALLERY)
    vectors = [path for path in clauses if path.endswith(".cases.yaml")]
    assert len(vectors) == 43

    result = check({**country, **clauses})

    assert [str(one) for one in result.problems] == []
    assert result.coverage == 100
