"""Home, search, the journal's page, and whether the server is well."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from luodi.amendments import queries as amendments
from luodi.flow.rules import Words
from luodi.indicators import queries as indicators
from luodi.journal.forms import JournalFilter
from luodi.journal.models import Block, Entry
from luodi.journal.queries import verify
from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.orgs.models import ADMIN_ROLES, BUSINESS_ROLES, Role
from luodi.orgs.rules import allow, public, signed_in
from luodi.problems import queries
from luodi.problems.models import Problem
from luodi.site.context import leads_only, open_pages
from luodi.site.forms import SearchForm
from luodi.site.queries import search as find
from luodi.site.queries import waiting_for
from luodi.site.templatetags.acts import verbs_called

# Who answers for a whole place sees its figures and what is overdue there, besides the own work.
OVERSEERS = {Role.OFFICE, Role.LEADER}
HEADLINES = (
    "problems.found",
    "problems.rectified",
    "problems.closed",
    "problems.match_rate",
    "problems.due_soon",
    "problems.overdue",
)


def _kpis(request: HttpRequest) -> list[dict[str, Any]]:
    """The headline figures of the person's own place, each a link to where it comes from."""
    frame = indicators.default_frame(request.user, today())
    if frame is None:
        return []
    answers = indicators.answers(HEADLINES, frame)
    return [
        {
            "label": one.indicator.name,
            "answer": one if one.value is None else one.digits,
            "unit": "" if one.value is None else one.unit,
            "href": f"{reverse('indicators:figure', args=[one.indicator.code])}?{frame.to_query()}",
            "note": _t("截至 %(day)s") % {"day": f"{frame.as_of:%m-%d}"},
        }
        for one in answers
    ]


def _desks(request: HttpRequest) -> list[amendments.Desk]:
    """The desks this person may hand over."""
    roles = request.user.roles_on(today())
    return amendments.desks(request.user, today()) if roles & {Role.OFFICE, Role.UNIT_LEADER} else []


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """My work today: what waits for me, in the order of the deadline; administrators go where their work is."""
    roles = request.user.roles_on(today())
    if leads_only(roles) and "todo" not in request.GET and indicators.default_frame(request.user, today()):
        return redirect("dashboard:dashboard")
    if roles & ADMIN_ROLES:
        return redirect("journal" if Role.AUDITADMIN in roles else "staff:organisation")
    context: dict[str, Any] = {"no_post": not roles}
    if roles & BUSINESS_ROLES:
        visible = Problem.objects.visible_to(request.user, today()).unfinished()
        context |= {
            "kpis": _kpis(request) if roles & OVERSEERS else [],
            "attention": visible.overdue(today()).select_related("unit").order_by("due_on", "pk")[:8],
            "oversees": bool(roles & OVERSEERS),
            "agenda": queries.agenda(request.user, now()),
            "waiting": waiting_for(request.user, today()),
            "applications": list(amendments.waiting(request.user, today())[:10]),
            "leaving": [desk for desk in _desks(request) if desk.leaves],
            "others": list(queries.waiting_for_others(request.user, today())[:10]),
            "next_due": visible.filter(due_on__gte=today()).order_by("due_on", "pk").first(),
        }
    return render(request, "site/home.html", context)


@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Everything that holds the words, as far as one may see it: problems, documents, units, indicators, pages."""
    form = SearchForm(request.GET if request.GET.get("q", "").strip() else None)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    groups = find(words, request.user, today(), open_pages(request.user)) if words else []
    context = {"form": form, "text": words, "words": words.split(), "groups": groups, "today": today()}
    return render(request, "site/search.html", context, status=422 if form.errors else 200)


@allow(Role.AUDITADMIN)
def journal(request: HttpRequest) -> HttpResponse:
    """All acts, newest first, with the state of the seals; `?verify=1` recomputes the chain (domain.md 6.1)."""
    asked = JournalFilter(request.GET, called=verbs_called)
    context = {
        "form": asked,
        "page": page(asked.apply(Entry.objects.all()), ["-id"], request.GET.get("cursor", "")),
        "last_block": Block.objects.order_by("-seq").first(),
        "check": verify() if request.GET.get("verify") else None,
    }
    return render(request, "site/journal.html", context)


# What each role does here, in one sentence.
DUTIES: Mapping[Role, Words] = {
    Role.OFFICE: _("市级：交办、审定、销号，批复延期、并案、作废，出报告；县级：登记、自核、催办本县的问题。"),
    Role.CLERK: _("认领、报方案、填结果、传证据、报告整改完成；市直部门还审定牵头问题的方案。"),
    Role.UNIT_LEADER: _("给本单位上报的结果签字，移交经办人。"),
    Role.INSPECTOR: _("逐项核对台账和证据，核查通过或退回；不核查本县的问题。"),
    Role.DISCIPLINE: _("核对涉及追责的限阅材料；每次查看都有记录。"),
    Role.LEADER: _("看总览和数字，点开任何数字看它的出处。"),
    Role.SYSADMIN: _("开设账号、安排岗位；看不到业务数据。"),
    Role.SECADMIN: _("批准岗位、解锁账号；看不到业务数据。"),
    Role.AUDITADMIN: _("查审计日志、核验封印；看不到业务数据。"),
}


@signed_in
def help_page(request: HttpRequest) -> HttpResponse:
    """One page for officials: what each role does, the lights, how to work quickly, the keyboard."""
    roles, day = request.user.roles_on(today()), today()
    named = [(role, (role.label, words)) for role, words in DUTIES.items()]
    context = {
        "mine": [told for role, told in named if role in roles],
        "others": [told for role, told in named if role not in roles],
        "late": day - timedelta(days=3),
        "soon": day + timedelta(days=1),
        "later": day + timedelta(days=20),
    }
    return render(request, "site/help.html", context)


@public
def healthy(request: HttpRequest) -> HttpResponse:
    """For the load balancer: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
