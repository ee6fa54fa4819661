"""Own boundaries: a GeoJSON file checked for shape and size, and its areas as paths of one drawing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

LIMIT = 2 * 1024 * 1024  # bytes
MOST_POINTS = 60_000
MOST_AREAS = 60
WEST, EAST, SOUTH, NORTH = (
    73.0,
    136.0,
    3.0,
    54.0,
)  # a coordinate outside is not longitude and latitude of China
WIDTH = 1000
GRID = 16  # columns and rows of points among which a label's place is looked for
MOST_CORNERS = 120  # of a border that are looked at then


class GeoJsonRefused(Exception):
    """What is wrong with a file, where, and the next step."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One area: its code and rings as points of the file (longitude, latitude)."""

    code: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths by code, in a drawing `WIDTH` wide and `height` high; centres say where a label stands."""

    height: int
    paths: Mapping[str, str]
    centres: Mapping[str, tuple[float, float]]


def read_shapes(content: bytes, codes: Mapping[str, str]) -> tuple[str, tuple[Shape, ...]]:
    """Return the property that holds the divisions' codes, and the areas whose code is known.

    codes: code → name of the divisions to draw. Raises GeoJsonRefused.
    """
    if len(content) > LIMIT:
        raise GeoJsonRefused(f"文件超过{LIMIT // 1024 // 1024} MB。请先用制图软件简化边界再上传。")
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise GeoJsonRefused("文件不是UTF-8编码。请另存为UTF-8的GeoJSON。") from None
    except (json.JSONDecodeError, RecursionError) as error:
        line = (
            f"第{error.lineno}行第{error.colno}列" if isinstance(error, json.JSONDecodeError) else "嵌套过深"
        )
        raise GeoJsonRefused(f"不是有效的JSON：{line}。请重新导出GeoJSON。") from None
    features = data.get("features") if isinstance(data, dict) else None
    if (
        not isinstance(data, dict)
        or data.get("type") != "FeatureCollection"
        or not isinstance(features, list)
    ):
        raise GeoJsonRefused("最外层不是FeatureCollection。请导出为GeoJSON要素集。")
    if not 1 <= len(features) <= MOST_AREAS:
        raise GeoJsonRefused(f"有{len(features)}个区域，应在1至{MOST_AREAS}个之间。请只保留本市的县市区。")
    field = _code_field(features, codes)
    shapes = tuple(_shapes(features, field, codes))
    points = sum(len(ring) for shape in shapes for ring in shape.rings)
    if points > MOST_POINTS:
        raise GeoJsonRefused(f"共{points}个边界点，超过{MOST_POINTS}个。请先简化边界再上传。")
    return field, shapes


def _code_field(features: list[Any], codes: Mapping[str, str]) -> str:
    """Return the property under which most features carry a known code."""
    hits: dict[str, int] = {}
    for number, feature in enumerate(features, 1):
        found = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(found, dict):
            raise GeoJsonRefused(f"第{number}个区域没有properties。请为每个区域写上区划代码。")
        for name, value in found.items():
            if isinstance(value, str | int) and str(value)[:6] in codes:
                hits[str(name)] = hits.get(str(name), 0) + 1
    if not hits:
        example = next(iter(codes), "")
        raise GeoJsonRefused(f"没有找到区划代码字段。请在properties中写6位代码，如“{example}”。")
    return max(sorted(hits), key=lambda name: hits[name])


def _shapes(features: list[Any], field: str, codes: Mapping[str, str]) -> Iterator[Shape]:
    seen: set[str] = set()
    for number, feature in enumerate(features, 1):
        code = str(feature["properties"].get(field, ""))[:6]
        if code not in codes:
            continue
        place = f"第{number}个区域（{codes[code]}）"
        if code in seen:
            raise GeoJsonRefused(f"{place}的代码{code}出现了两次。请合并成一个区域。")
        seen.add(code)
        yield Shape(code, tuple(_rings(feature.get("geometry"), place)))


def _rings(geometry: Any, place: str) -> Iterator[tuple[tuple[float, float], ...]]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise GeoJsonRefused(f"{place}不是面（Polygon或MultiPolygon）。请导出面要素。")
    polygons = geometry.get("coordinates")
    polygons = [polygons] if kind == "Polygon" else polygons
    if not isinstance(polygons, list) or not polygons:
        raise GeoJsonRefused(f"{place}没有坐标。请重新导出。")
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise GeoJsonRefused(f"{place}的坐标读不懂。请重新导出。")
        for ring in polygon:
            yield _ring(ring, place)


def _ring(ring: Any, place: str) -> tuple[tuple[float, float], ...]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise GeoJsonRefused(f"{place}有一圈边界不足4个点。请重新导出。")
    points = tuple(_point(point, place) for point in ring)
    if points[0] != points[-1]:
        raise GeoJsonRefused(f"{place}有一圈边界没有闭合。请重新导出。")
    return points


def _point(point: Any, place: str) -> tuple[float, float]:
    good = isinstance(point, list) and len(point) >= 2
    good = good and all(isinstance(one, int | float) and not isinstance(one, bool) for one in point[:2])
    if not good or not (WEST <= point[0] <= EAST and SOUTH <= point[1] <= NORTH):
        raise GeoJsonRefused(
            f"{place}的坐标{str(point)[:40]}不是经纬度。请导出为经纬度坐标（EPSG:4490或4326）。"
        )
    return float(point[0]), float(point[1])


def draw(shapes: tuple[Shape, ...]) -> Drawing:
    """Return the shapes as paths, north up; degrees of longitude are narrowed by the latitude in the middle."""
    everything = [point for shape in shapes for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in everything), max(x for x, _ in everything)
    south, north = min(y for _, y in everything), max(y for _, y in everything)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, 1e-9)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    paths, centres = {}, {}
    for shape in shapes:
        rings = [[place(point) for point in ring] for ring in shape.rings]
        paths[shape.code] = " ".join(_path(ring) for ring in rings)
        largest = max(rings, key=lambda ring: abs(_area(ring)))
        centres[shape.code] = _roomiest(largest)
    return Drawing(max(1, math.ceil((north - south) * scale)), paths, centres)


def _roomiest(ring: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the point inside a ring that is farthest from its border, to one part in `GRID`: a label stands there.

    The middle of its extent where no point of the grid is inside.
    """
    kept = ring[:: max(1, len(ring) // MOST_CORNERS)]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    left, top, wide, high = min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)
    grid = [
        (left + wide * (column + 0.5) / GRID, top + high * (row + 0.5) / GRID)
        for row in range(GRID)
        for column in range(GRID)
    ]
    inside = [point for point in grid if _is_inside(point, kept)]
    return max(inside, key=lambda point: _room(point, kept), default=(left + wide / 2, top + high / 2))


def _is_inside(point: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    """Return whether a ray to the right crosses the border an odd number of times."""
    x, y = point
    crossed = False
    for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def _room(point: tuple[float, float], ring: list[tuple[float, float]]) -> float:
    """Return the square of the distance to the border; upright distance counts twice, for labels are wide."""
    x, y = point
    return min(
        _to_line(x1 - x, 2 * (y1 - y), x2 - x, 2 * (y2 - y))
        for (x1, y1), (x2, y2) in pairwise([*ring, ring[0]])
    )


def _to_line(x1: float, y1: float, x2: float, y2: float) -> float:
    """Return the square of the distance from the origin to the piece of line between two points."""
    x, y = x2 - x1, y2 - y1
    long = x * x + y * y
    at = 0.0 if long == 0 else min(1.0, max(0.0, -(x1 * x + y1 * y) / long))
    return (x1 + at * x) ** 2 + (y1 + at * y) ** 2


def _path(ring: list[tuple[float, float]]) -> str:
    kept = [point for number, point in enumerate(ring) if number == 0 or point != ring[number - 1]]
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in kept) + "Z"


def _area(ring: list[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
