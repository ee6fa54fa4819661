"""Whether a set of figures and relations can all be true at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from wanqi.figures.claims import Claim, Reading, Relation
from wanqi.figures.intervals import Interval
from wanqi.figures.relations import RULES, sum_part, sum_whole

Domains = dict[str, Interval]
Width = Callable[[Claim], Interval]

# Hull consistency shrinks in few sweeps when relations form a tree; a cycle may shrink for ever, and stopping
# early only leaves intervals too wide, which never raises an alarm.
_MOST_SWEEPS = 12


def wide(claim: Claim) -> Interval:
    """The interval of a claim under every licence: rounding and hedges."""
    return claim.quantity.interval if claim.quantity else Interval.line()


def face(claim: Claim) -> Interval:
    """The interval of a claim at its own number: rounding only."""
    return claim.quantity.face if claim.quantity else Interval.line()


def loose(claim: Claim) -> Interval:
    """The interval of a claim when its last digit may be truncated, nudged or padded."""
    return claim.quantity.loose if claim.quantity else Interval.line()


def domains(claims: Iterable[Claim], width: Width) -> Domains:
    """Starting intervals by claim id; counts that are not printed are zero or more."""
    made = {}
    for claim in claims:
        start = width(claim)
        if claim.quantity is None and claim.whole:
            start = Interval(Interval.point(0).low, None)
        made[claim.id] = start
    return made


def narrowed(
    claims: Mapping[str, Claim], relations: Sequence[tuple[Relation, Reading]], start: Domains
) -> Domains | None:
    """The intervals left after all relations have spoken, or None when one is empty."""
    left = dict(start)
    for _ in range(_MOST_SWEEPS):
        changed = False
        for relation, reading in relations:
            for claim, allowed in projections(relation, reading, left):
                shrunk = left[claim].intersect(allowed)
                if claims[claim].whole and (claims[claim].quantity is None or _exact(claims[claim])):
                    shrunk = shrunk.whole()
                if shrunk.empty:
                    return None
                if shrunk != left[claim]:
                    left[claim] = shrunk
                    changed = True
        if not changed:
            break
    return left


def projections(
    relation: Relation, reading: Reading, left: Mapping[str, Interval]
) -> Iterable[tuple[str, Interval]]:
    """For each claim of a reading, what the others leave open for it."""
    if relation.name == "sum":
        parts = tuple(left[part] for part in reading.parts)
        whole = reading.roles["whole"]
        yield whole, sum_whole(parts, exhaustive=relation.exhaustive)
        for n, part in enumerate(reading.parts):
            others = parts[:n] + parts[n + 1 :]
            if relation.exhaustive or all(other.low is not None and other.low >= 0 for other in others):
                yield part, sum_part(left[whole], others, exhaustive=relation.exhaustive)
        return
    rule = RULES[relation.name]
    if rule.divisor and _may_be_zero(left[reading.roles[rule.divisor]]):
        return
    for role, projection in rule.projections.items():
        if role in reading.roles:
            box = {r: left[c] for r, c in reading.roles.items() if r != role}
            yield reading.roles[role], projection(box)


def _may_be_zero(divisor: Interval) -> bool:
    """True for a known divisor around zero: from nothing to something there is no rate to judge."""
    return divisor.low is not None and divisor.high is not None and 0 in divisor


def possible(claims: Mapping[str, Claim], relations: Sequence[Relation], width: Width) -> bool:
    """True when some choice of readings lets all relations hold."""
    used = {c for relation in relations for reading in relation.readings for c in reading.claims}
    start = domains((claims[c] for c in used), width)
    return any(
        narrowed(claims, list(zip(relations, choice, strict=True)), start) is not None
        for choice in product(*(relation.readings for relation in relations))
    )


def main_reading(relations: Sequence[Relation]) -> list[tuple[Relation, Reading]]:
    """Every relation with its first reading."""
    return [(relation, relation.readings[0]) for relation in relations]


def conflicts(
    claims: Mapping[str, Claim], relations: Sequence[Relation], width: Width
) -> list[tuple[Relation, ...]]:
    """Disjoint smallest sets of relations that cannot hold together, in the order given."""
    found = []
    pool = list(relations)
    while not possible(claims, pool, width):
        core = list(pool)
        for relation in list(pool):
            rest = [one for one in core if one is not relation]
            if not possible(claims, rest, width):
                core = rest
        found.append(tuple(core))
        pool = [one for one in pool if all(one is not member for member in core)]
    return found


def groups(relations: Sequence[Relation]) -> list[tuple[Relation, ...]]:
    """Relations gathered where they share a claim: each group can be judged alone."""
    gathered: list[tuple[set[str], list[Relation]]] = []
    for relation in relations:
        names = {c for reading in relation.readings for c in reading.claims}
        touched = [one for one in gathered if one[0] & names]
        merged: tuple[set[str], list[Relation]] = (names, [])
        for one in touched:
            merged[0].update(one[0])
            merged[1].extend(one[1])
            gathered.remove(one)
        merged[1].append(relation)
        gathered.append(merged)
    order = {id(relation): n for n, relation in enumerate(relations)}
    return [tuple(sorted(members, key=lambda r: order[id(r)])) for _, members in gathered]


def _exact(claim: Claim) -> bool:
    return claim.quantity is not None and claim.quantity.exact and claim.quantity.bound == "none"
