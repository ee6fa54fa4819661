"""Rules made ready for the standings of a region, kept in the process; the day they are of; who is asked what."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import Lock

from django.db.models import Min
from django.utils import timezone

from wanqi.core.errors import RowMissing
from wanqi.core.packs import current_pack
from wanqi.packs import Pack
from wanqi.registry.facts.deriving import CLUSTER, SIZE
from wanqi.registry.models import Fact, Recognition
from wanqi.registry.models.recognitions import Holder
from wanqi.rules.programmes import Derivation

from ..checkup.plans import prepared
from ..models import Kind, StandingBook, Track
from .working import Working

_KEPT = 9
_ready: OrderedDict[tuple[object, ...], tuple[Pack, Working]] = OrderedDict()
_derivations: OrderedDict[tuple[object, ...], tuple[Pack, Derivation]] = OrderedDict()
_lock = Lock()


def today(region: str) -> date:
    """Return the day the standings of a region are of: the demonstration's own, else today."""
    day = StandingBook.objects.filter(pk=region).values_list("day", flat=True).first()
    return day or timezone.localdate()


def tracks_of(region: str) -> list[Track]:
    """Return the tracks of a region that have a rule, in the order of the pack."""
    places = {id: place for place, id in enumerate(current_pack(region).programme_files)}
    found = Track.objects.filter(region_id=region, rule__isnull=False).select_related("rule")
    kinds = list(Kind.values)
    return sorted(found, key=lambda one: (places.get(one.programme, len(places)), kinds.index(one.kind)))


def working(region: str, kind: str, on: date, *, tracks: Sequence[Track] = ()) -> Working:
    """Return the programmes in force on a day, ready; bits of missing data as the rules of `tracks` have them."""
    pack = current_pack(region)
    own = [one for one in tracks if one.kind == kind and one.rule is not None]
    key = (id(pack), kind, on, tuple(sorted(one.rule_id or 0 for one in own)))
    with _lock:
        held = _ready.get(key)
        if held is not None and held[0] is pack:
            _ready.move_to_end(key)
            return held[1]
    kept = {one.programme: one.rule.asks for one in own if one.rule is not None}
    made = Working(prepared(pack, on, kind), kept)
    with _lock:
        _ready[key] = (pack, made)
        while len(_ready) > _KEPT:
            _ready.popitem(last=False)
    return made


def derivation(pack: Pack, on: date) -> Derivation:
    """Return what computes the facts that screens are filtered by: size and clusters."""
    key = (id(pack), "derived", on)
    with _lock:
        held = _derivations.get(key)
        if held is not None and held[0] is pack:
            return held[1]
    asked = [name for name in pack.derived if name == SIZE or name.startswith(CLUSTER)]
    made = Derivation(asked, region=pack.region, on=on, scope=pack.rule_scope)
    with _lock:
        _derivations[key] = (pack, made)
        while len(_derivations) > _KEPT:
            _derivations.popitem(last=False)
    return made


def holders(region: str, first: int, last: int) -> dict[str, set[int]]:
    """Return programme → the organisations of a range of ids that have a title of it, whether in force or not."""
    rows = Recognition.objects.current().filter(
        region_id=region,
        holder_kind=Holder.ORGANISATION,
        organisation_id__gte=first,
        organisation_id__lte=last,
    )
    found: dict[str, set[int]] = {}
    for programme, organisation in rows.values_list("programme", "organisation_id"):
        found.setdefault(programme, set()).add(organisation)
    return found


def own_turns(organisations: Sequence[int], on: date) -> dict[int, date]:
    """Return organisation → the first later day of which a value is already kept, for those that have one."""
    rows = Fact.objects.filter(organisation__in=organisations, period="", as_of__gt=on)
    return dict(rows.order_by().values_list("organisation").annotate(Min("as_of")))


def require_programme(pack: Pack, programme: str) -> None:
    """Raise RowMissing for a programme that the region does not have."""
    if programme not in pack.programme_files:
        raise RowMissing(f"本地区没有事项“{programme}”。", hint="请从事项目录中选择。")
