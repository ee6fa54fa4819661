"""The demonstration of a region: what demo.yaml describes, written through the registers' own actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from wanqi import packs
from wanqi.collection.actions import Written, issue_round, save_return, submit_return
from wanqi.collection.sheet import sheet_of
from wanqi.core.access import Actor, command_actor
from wanqi.core.actions import create_user, grant_role, reset_password
from wanqi.core.errors import RowMissing
from wanqi.core.models import Area, Office, Role, Unit, User
from wanqi.core.packs import current_pack
from wanqi.indicators.actions import create_observation
from wanqi.packs import DemoSpec, DocumentSpec, Pack
from wanqi.packs.specs.demo import DemoUser
from wanqi.policies.actions import begin_standings, create_document
from wanqi.policies.clauses import Piece
from wanqi.policies.models import Document
from wanqi.policies.standings import keeping
from wanqi.registry.actions import create_organisation
from wanqi.registry.models import Organisation
from wanqi.reports.actions import create_draft
from wanqi.reports.models import Draft

from .demonstration_enterprises import Enterprises
from .demonstration_rows import Rows
from .demonstration_targets import Targets

Progress = Callable[[int, int], None]
SOURCE = "演示数据（虚构）"
NO_LAST_YEAR = "演示数据里没有上年的台账。"
QUOTED = ("rankings", "commendations")  # kinds with a place for the report's own words
NOTED = ("nominations", "listing_plans", "rankings", "commendations", "projects")


def load(
    region: str, *, password: str, actor: Actor | None = None, progress: Progress | None = None
) -> list[tuple[str, str]]:
    """Load the region's demonstration once and return its accounts as (role and place in Chinese, user name).

    Everything generated is marked 演示; what the real report states is not. All or nothing: an interrupted load
    leaves no rows. A second call writes nothing, but gives the accounts `password` where they have another one.
    progress: called with rows written and rows in all.
    """
    pack = current_pack(region)
    demo = pack.demo
    if demo is None:
        return []
    who = actor or command_actor("演示数据")
    if not _loaded(region, demo):
        with transaction.atomic():
            _Loader(pack, demo, who, progress or (lambda done, total: None)).load(password)
    else:
        _keep_password(demo, password, who)
    begin_standings(region, day=demo.as_of)
    keeping.work(region)
    made = set(User.objects.filter(is_demonstration=True).values_list("username", flat=True))
    return [(described(pack, user), user.username) for user in demo.users if user.username in made]


def described(pack: Pack, user: DemoUser) -> str:
    """Return an account's role in Chinese, with its office, unit or enterprise."""
    places = {one.code: one.name for one in pack.offices} | {one.code: one.name for one in pack.units}
    place = user.organisation or places.get(user.office or user.unit or "", "")
    role = str(Role(user.role).label)
    return f"{role}（{place}）" if place else role


def _loaded(region: str, demo: DemoSpec) -> bool:
    drafts = Draft.objects.filter(region_id=region, period=demo.period, is_demonstration=True)
    return drafts.exists() and User.objects.filter(is_demonstration=True).exists()


def _keep_password(demo: DemoSpec, password: str, actor: Actor) -> None:
    users = {user.username: user for user in User.objects.filter(is_demonstration=True)}
    first = users.get(demo.users[0].username) if demo.users else None
    if first is None or first.check_password(password):
        return
    for user in users.values():
        reset_password(user, password=password, actor=actor)


class _Loader:
    """One load: places by code, and how many rows are written of how many."""

    def __init__(self, pack: Pack, demo: DemoSpec, actor: Actor, progress: Progress) -> None:
        self.pack, self.demo, self.actor, self.progress = pack, demo, actor, progress
        self.region = pack.region
        self.areas = {one.code: one for one in Area.objects.filter(region_id=self.region)}
        self.offices = {one.code: one for one in Office.objects.filter(region_id=self.region)}
        self.units = {one.code: one for one in Unit.objects.filter(region_id=self.region)}
        self.rows = packs.generate(demo)
        self.done = 0
        self.total = sum(map(len, self.rows.values())) + len(demo.users) + len(demo.named) + len(demo.stated)
        self.enterprises = Enterprises(pack, demo, actor=actor, office=self._office(None))
        self.total += len(self.enterprises)
        self.writer = Rows(self.region, actor=actor, office=self._office(None), unit=self._reporting_unit())

    def load(self, password: str) -> None:
        """Write everything, the accounts first and the draft, which needs the rest, last."""
        self._accounts(password, enterprises=False)
        for document in self._cited():
            self._document(document)
        self._named()
        self._stated()
        for kind in sorted(self.rows, key=lambda kind: kind != "organisations"):  # the others name them
            self._write(kind, self.rows[kind])
        self.enterprises.write()
        self._step(len(self.enterprises))
        self._accounts(password, enterprises=True)
        for given in self.demo.name_lists:
            self.enterprises.receive(given)
        self._said()
        self._asked()
        places = Targets(
            self.region, actor=self.actor, offices=self.offices, units=self.units, areas=self.areas
        )
        places.write(self.demo)
        for report in self.pack.reports.values():
            create_draft(
                report.id,
                actor=self.actor,
                region=self.region,
                period=self.demo.period,
                office=self._office(None),
                is_demonstration=True,
            )
        self.progress(self.total, self.total)

    def _step(self, rows: int = 1) -> None:
        self.done += rows
        self.progress(self.done, self.total)

    def _office(self, code: str | None) -> Office | None:
        """Return an office by its code; where none is named, that of the demonstration's clerk."""
        clerk = next((user.office for user in self.demo.users if user.office), None)
        return self.offices.get(code or clerk or "")

    def _reporting_unit(self) -> Unit | None:
        return self.units.get(next((user.unit for user in self.demo.users if user.unit), None) or "")

    def _accounts(self, password: str, *, enterprises: bool) -> None:
        """Make the accounts of the bureau and its units, or those of enterprises, which must be there already."""
        for one in self.demo.users:
            if (one.organisation is not None) is not enterprises:
                continue
            organisation = self._enterprise(one.organisation) if one.organisation else None
            user = create_user(
                one.username,
                display_name=one.name,
                password=password,
                actor=self.actor,
                is_demonstration=True,
            )
            grant_role(
                user,
                one.role,
                region=self.region,
                actor=self.actor,
                office=self.offices.get(one.office or ""),
                area=self.areas.get(one.area or ""),
                unit=self.units.get(one.unit or ""),
                organisation=organisation.pk if organisation else None,
                organisation_name=organisation.name if organisation else "",
            )
            self._step()

    def _enterprise(self, name: str) -> Organisation:
        """Return the enterprise a user speaks for. Raises RowMissing with what to write in demo.yaml."""
        found = Organisation.objects.current().filter(region_id=self.region, name=name).order_by("pk").first()
        if found is None:
            raise RowMissing(f"演示数据中没有“{name}”。", hint="请核对 demo.yaml 中 users 的 organisation。")
        return found

    def _cited(self) -> Sequence[DocumentSpec]:
        cited = [one.document for one in (*self.demo.observations, *self.demo.targets)]
        cited += [one.document for one in self.demo.named]
        return [self.pack.documents[id] for id in dict.fromkeys(cited)]

    def _document(self, spec: DocumentSpec) -> None:
        if Document.objects.filter(region_id=self.region, code=spec.id).current().exists():
            return
        values: dict[str, Any] = {
            "code": spec.id,
            "title": spec.title,
            "number": spec.number or "",
            "kind": spec.kind,
            "issuer": spec.issuer,
            "issued_on": spec.issued_on,
            "url": spec.url or "",
            "note": spec.note or "",
            "office": self._office(None),
        }
        pieces = [Piece(clause.label, clause.text) for clause in spec.clauses]
        create_document(values, actor=self.actor, region=self.region, pieces=pieces)

    def _named(self) -> None:
        """Organisations the real report names: their printed name, and nothing else is known of them."""
        for one in self.demo.named:
            values = {
                "name": one.name,
                "source": self._source(one.document, one.clause),
                "office": self._office(None),
            }
            create_organisation(values, actor=self.actor, region=self.region)
            self._step()

    def _source(self, document: str, clause: str) -> str:
        spec = self.pack.documents[document]
        return f"{spec.title}（{self._label(document, clause)}）"

    def _label(self, document: str, clause: str) -> str:
        spec = self.pack.documents[document]
        return next((one.label for one in spec.clauses if one.id == clause), clause)

    def _stated(self) -> None:
        """What the real report states, with that report as source; not marked as demonstration."""
        for nature, stated in (("reported", self.demo.observations), ("target", self.demo.targets)):
            for one in stated:
                values = {
                    "indicator": one.indicator,
                    "period": one.period,
                    "nature": nature,
                    "value": Decimal(one.value),
                    "bound": one.bound,
                    "as_written": one.as_written,
                    "source": self.pack.documents[one.document].title,
                    "source_document": one.document,
                    "source_clause": self._label(one.document, one.clause),
                    "as_of": self.demo.as_of,
                    "assumption": one.assumption or "",
                    "office": self._office(one.office),
                }
                create_observation(values, actor=self.actor, region=self.region)

    def _write(self, kind: str, rows: Sequence[Mapping[str, str | date]]) -> None:
        self.writer.write(kind, rows, source=SOURCE, is_demonstration=True)
        self._step(len(rows))

    def _asked(self) -> None:
        """Rounds of 报数 that are under way on the demonstration's day."""
        for one in self.demo.rounds:
            made = issue_round(
                one.form, one.period, region=self.region, actor=self.actor, is_demonstration=True
            )
            for row in made.returns.filter(unit__code__in=one.handed_in):
                known = [line.id for line in sheet_of(row).lines if line.known is not None]
                confirmed = {line: Written(confirmed=True, reason=NO_LAST_YEAR) for line in known}
                who = next(
                    (user.name for user in self.demo.users if row.unit and user.unit == row.unit.code),
                    "演示填报员",
                )
                kept = save_return(row, confirmed, actor=self.actor, reported_by=who, as_of=self.demo.as_of)
                submit_return(kept, actor=self.actor)

    def _said(self) -> None:
        """Rows of registers that the real report states; not marked as demonstration."""
        for one in self.demo.stated:
            cited = {"source_document": one.document, "source_clause": self._label(one.document, one.clause)}
            extra = {"as_written": one.as_written[:100], **cited} if one.kind in QUOTED else {}
            note = {"note": one.note} if one.note and one.kind in NOTED else {}
            values = {**one.values, **extra, **note}
            source = self._source(one.document, one.clause)
            self.writer.write(one.kind, [values], source=source, is_demonstration=False)
            self._step()
