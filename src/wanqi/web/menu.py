"""The left menu: jobs of the bureau, only those that lead somewhere and that the actor may do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse

from wanqi.core.access import Actor


@dataclass(frozen=True)
class Entry:
    """One page of the menu. `url` is a URL name; `needs` is (resource, verb) or None for everybody signed in."""

    title: str
    icon: str
    url: str
    needs: tuple[str, str] | None = None


@dataclass(frozen=True)
class Group:
    """A job and its pages; one page of the same name stands without a heading."""

    title: str
    entries: tuple[Entry, ...]

    @property
    def has_heading(self) -> bool:
        return any(entry.title != self.title for entry in self.entries)


MENU = (
    Group(
        "我的企业",
        (
            Entry("政策体检", "checklist", "my.checkup", ("correction", "create")),
            Entry("企业数据", "archive", "my.data", ("correction", "create")),
            Entry("我的更正申请", "messages", "corrections", ("correction", "create")),
        ),
    ),
    Group("工作台", (Entry("工作台", "home", "home"),)),
    Group(
        "企业库",
        (
            Entry("企业库", "building-factory-2", "organisations", ("organisation", "view")),
            Entry("企业记录", "archive", "records", ("record", "view")),
            Entry("记录完整性", "checklist", "coverages", ("coverage", "view")),
            Entry("企业更正申请", "messages", "corrections", ("correction", "answer")),
            Entry("专利", "award", "patents", ("patent", "view")),
            Entry("商标", "registered", "trademarks", ("trademark", "view")),
            Entry("知识产权质押贷款", "cash", "loans", ("loan", "view")),
            Entry("上市后备", "trending-up", "listings", ("listing", "view")),
            Entry("服务活动", "school", "activities", ("activity", "view")),
            Entry("企业诉求", "messages", "problems", ("problem", "view")),
        ),
    ),
    Group(
        "认定与申报",
        (
            Entry("条件筛选", "filter", "screening", ("standing", "view")),
            Entry("申报与复核日历", "calendar", "calendar", ("window", "view")),
            Entry("申报安排", "list-details", "windows", ("window", "view")),
            Entry("认定记录", "file-certificate", "recognitions", ("recognition", "view")),
            Entry("申报推荐台账", "send", "nominations", ("nomination", "view")),
            Entry("名单导入", "list-numbers", "name_lists", ("recognition", "create")),
        ),
    ),
    Group("项目", (Entry("项目", "briefcase", "projects", ("project", "view")),)),
    Group(
        "信息基础设施",
        (
            Entry("5G基站", "antenna", "sites", ("site", "view")),
            Entry("千兆光纤覆盖", "wifi", "fiber", ("fiber", "view")),
        ),
    ),
    Group("创新平台", (Entry("创新平台(载体)", "flask", "carriers", ("carrier", "view")),)),
    Group(
        "人才",
        (
            Entry("人才库", "users", "people", ("person", "view")),
            Entry("人才引进", "user-plus", "engagements", ("engagement", "view")),
            Entry("专家库", "certificate", "experts", ("expert", "view")),
        ),
    ),
    Group(
        "政策与资金",
        (
            Entry("文件库", "file-text", "documents", ("document", "view")),
            Entry("工作任务", "list-details", "tasks", ("task", "view")),
        ),
    ),
    Group(
        "报数",
        (
            Entry("报数任务", "clipboard-check", "returns", ("return", "view")),
            Entry("报表", "table", "forms", ("form", "view")),
            Entry("外部数据", "database-import", "observations", ("observation", "view")),
            Entry("通报排名", "medal", "rankings", ("ranking", "view")),
            Entry("通报表扬", "flag", "commendations", ("commendation", "view")),
            Entry("数据导入", "table-import", "imports", ("batch", "view")),
        ),
    ),
    Group(
        "调度看板",
        (
            Entry("调度看板", "layout-dashboard", "board", ("indicator", "view")),
            Entry("主要指标调度表", "table", "monthly_table", ("indicator", "view")),
            Entry("短板清单", "alert-triangle", "shortfalls", ("shortfall", "view")),
            Entry("目标分解", "target", "targets", ("target", "view")),
            Entry("指标目录", "book-2", "indicators", ("indicator", "view")),
        ),
    ),
    Group(
        "材料与核对",
        (
            Entry("材料编写", "report-analytics", "reports", ("report", "view")),
            Entry("报送前核对", "clipboard-check", "checking", ("report", "view")),
            Entry("定稿档案", "lock", "archives", ("report", "view")),
        ),
    ),
    Group(
        "系统管理",
        (
            Entry("账号", "users", "accounts", ("user", "view")),
            Entry("角色授权", "key", "grants", ("grant", "view")),
            Entry("操作日志", "history", "audit", ("audit", "view")),
        ),
    ),
)


@cache
def address(name: str) -> str | None:
    """Return the address of a URL name, or None when no such page is installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def menu_for(actor: Actor, *, path: str) -> list[dict[str, object]]:
    """Return the groups with their links, the one of `path` marked as current.

    Shape: [{title, heading, links: [{title, icon, href, current}]}]; groups without a link are left out.
    """
    groups: list[dict[str, object]] = []
    for group in MENU:
        links = [
            {"title": entry.title, "icon": entry.icon, "href": href, "current": _is_current(href, path)}
            for entry in group.entries
            if (href := address(entry.url)) and _open(entry, actor)
        ]
        if links:
            groups.append({"title": group.title, "heading": group.has_heading, "links": links})
    return groups


def _open(entry: Entry, actor: Actor) -> bool:
    if entry.needs is None:
        return actor.organisation is None  # an enterprise's user has a start page of its own
    return actor.can(*entry.needs)


def _is_current(href: str, path: str) -> bool:
    return path == href if href == "/" else path.startswith(href)
