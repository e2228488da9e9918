"""What the frame around every page shows: menu, campaign, account, demo tag. A link a role cannot use is absent."""

from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from luodi.campaigns.queries import current
from luodi.kit.clock import now, today
from luodi.kit.templatetags.ui import NEAR_DAYS
from luodi.kit.views import theme_of
from luodi.notices.queries import unread
from luodi.orgs.models import ADMIN_ROLES, BUSINESS_ROLES, Person, Post, Role, UnitKind
from luodi.site.queries import waiting_for
from luodi.workdays import rules as workdays

Words = str | Promise
# (group, [(route, words, icon, roles)]); groups and order of ui.md 4, as far as the modules exist.
MENU: list[tuple[Words, list[tuple[str, Words, str, frozenset[str]]]]] = [
    (
        _("工作台"),
        [
            ("home", _("我的待办"), "checklist", BUSINESS_ROLES),
            ("dashboard:dashboard", _("总览"), "layout-dashboard", BUSINESS_ROLES),
            ("search", _("搜索"), "search", frozenset(Role)),
        ],
    ),
    (
        _("整改"),
        [
            ("problems:ledger", _("问题台账"), "list-details", BUSINESS_ROLES),
            ("changes:changes", _("变化"), "chart-bar", BUSINESS_ROLES),
        ],
    ),
    (
        pgettext_lazy("menu", "项目"),
        [
            ("projects:library", _("项目库"), "building-factory-2", BUSINESS_ROLES),
            ("permits:cases", _("审批进度"), "stack-2", BUSINESS_ROLES),
            ("land:quota", _("用地保障"), "map-pin", BUSINESS_ROLES),
            ("finance:needs", _("融资需求"), "coin", BUSINESS_ROLES),
        ],
    ),
    (
        _("报送"),
        [
            ("documents:documents", _("综合报告"), "report-analytics", BUSINESS_ROLES),
            ("proofreading:proofs", _("校核文稿"), "file-check", BUSINESS_ROLES),
        ],
    ),
    (
        _("系统"),
        [
            ("intake:batches", _("数据导入"), "upload", frozenset({Role.OFFICE, Role.CLERK})),
            ("notices:channels", _("群通知"), "send", frozenset({Role.OFFICE})),
            ("indicators:dictionary", _("指标口径"), "book-2", BUSINESS_ROLES),
            ("campaigns:campaign", _("活动与标准"), "calendar-event", BUSINESS_ROLES | ADMIN_ROLES),
            ("staff:organisation", _("组织账号"), "users", frozenset({Role.OFFICE, Role.SYSADMIN, Role.SECADMIN})),
            ("journal", _("审计日志"), "history", frozenset({Role.AUDITADMIN})),
        ],
    ),
]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of base.html and base_public.html."""
    facts: dict[str, Any] = {"demo": settings.LUODI_DEMO, "theme": theme_of(request)}
    if settings.LUODI_CLOCK:
        facts["clock_note"] = _t("演示时钟 %(moment)s") % {"moment": f"{now():%Y-%m-%d %H:%M}"}
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return facts
    post = person.main_post(today())
    business = bool(person.roles_on(today()) & BUSINESS_ROLES)
    campaign = getattr(request, "campaign", None)  # read by the page already
    if campaign is None and post:
        campaign = current(post.unit.city_code)
    return facts | {
        "today": today(),
        "soon_until": cache(partial(workdays.add, today(), NEAR_DAYS)),
        "campaign": campaign,
        "campaign_line": campaign.local_name if campaign else "",
        "campaign_url": reverse("campaigns:campaign"),
        "menu": list(_menu(request, person)),
        "help_url": reverse("help"),
        "search_url": (search_url := reverse("search")),
        "search_words": request.GET.get("q", "")[:100] if request.path == search_url else "",
        **({"notices_url": reverse("notices:notices"), "notice_count": _waiting(person)} if business else {}),
        "account": {
            "name": person.name,
            "post": _place(post) if post else "",
            "links": [
                *_own(business),
                {"url": reverse("orgs:sessions"), "label": _t("我的会话"), "icon": "shield-lock"},
                {"url": reverse("orgs:password"), "label": _t("更换密码"), "icon": "key"},
            ],
        },
        "sign_out_url": reverse("orgs:sign_out"),
    }


def _place(post: Post) -> str:
    """Where somebody sits: a department says it, a place needs the role («衡水专班办»)."""
    if post.unit.kind in (UnitKind.CITY, UnitKind.COUNTY):
        return _t("%(place)s%(role)s") % {"place": post.unit.label, "role": post.get_role_display()}
    return post.unit.label


def open_pages(person: Person) -> Iterable[tuple[str, Words]]:
    """(address, name) of the menu's pages that this person may open."""
    roles = person.roles_on(today())
    return [(reverse(route), words) for _group, lines in MENU for route, words, _icon, who in lines if roles & who]


def _own(business: bool) -> list[dict[str, Any]]:
    return [{"url": reverse("notices:preferences"), "label": _t("通知设置"), "icon": "bell"}] if business else []


def _waiting(person: Person) -> str:
    """The bell's number: nothing when nothing waits. One query."""
    count = unread(person)
    return str(count) if int(count) else ""


def leads_only(roles: Iterable[Role]) -> bool:
    """Whether this person is a leader and does no work here: they land on the overview (ui.md 4)."""
    return set(roles) & BUSINESS_ROLES == {Role.LEADER}


def _menu(request: HttpRequest, person: Person) -> Any:
    roles = person.roles_on(today())
    mine = waiting_for(person, today(), 999) if roles & BUSINESS_ROLES else 0
    leads = leads_only(roles)
    for title, lines in MENU:
        if leads:
            lines = sorted(lines, key=lambda line: line[0] != "dashboard:dashboard")
        links = [
            {
                "url": (url := reverse(route)) + ("?todo" if route == "home" and leads else ""),
                "label": words,
                "icon": icon,
                "count": mine if route == "home" and int(mine) else "",
                "current": request.path == url if route == "home" else request.path.startswith(url),
            }
            for route, words, icon, who in lines
            if roles & who
        ]
        if links:
            yield {"title": title, "links": links, "current": any(link["current"] for link in links)}
