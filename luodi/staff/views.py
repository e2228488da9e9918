"""Units with their posts, accounts and their posts; each change by the administrator whose task it is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.orgs import actions
from luodi.orgs.models import Person, Post, Role, Unit
from luodi.orgs.rules import allow
from luodi.staff import queries
from luodi.staff.forms import AdmitForm, AppointForm, FirstPasswordForm, LeaveForm, ReasonForm


@allow(Role.OFFICE, Role.SYSADMIN, Role.SECADMIN)
def organisation(request: HttpRequest) -> HttpResponse:
    """Units in their order, with the posts held today and those waiting for approval."""
    units = list(Unit.objects.filter(active=True).order_by("code"))
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.filter(ends_on=None).select_related("person", "unit").order_by("role", "pk"):
        posts.setdefault(post.unit_id, []).append(post)
    roles = request.user.roles_on(today())
    held = Post.objects.filter(ends_on=None).values("person")
    context = {
        "without": list(Person.objects.exclude(pk__in=held).order_by("name", "pk")),
        "rows": [(unit, posts.get(unit.pk, [])) for unit in units],
        "may_propose": Role.SYSADMIN in roles,
        "may_approve": Role.SECADMIN in roles,
        "may_open": bool(roles & {Role.SYSADMIN, Role.SECADMIN}),
        "waiting": sum(post.waits for at_unit in posts.values() for post in at_unit),
        "locked": queries.locked(timezone.now()) if roles & {Role.SYSADMIN, Role.SECADMIN} else [],
        "failed": queries.failed_jobs(timezone.now()) if Role.SYSADMIN in roles else [],
    }
    return render(request, "staff/organisation.html", context)


@allow(Role.SYSADMIN, Role.SECADMIN)
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: whether it is open, and every post it has or had."""
    who = get_object_or_404(Person, pk=pk)
    roles = request.user.roles_on(today())
    posts = [(post, post.in_force(today())) for post in reversed(who.all_posts)]
    context = {"who": who, "posts": posts, "today": today(), "may_change": Role.SYSADMIN in roles}
    return render(request, "staff/person.html", context)


def _asked(
    request: HttpRequest, form: Form, title: str, act: Callable[..., Any], said: str, *back: Any, about: Any = ""
) -> HttpResponse:
    """A page with a form: do the act with its values, say so and go `back`; or show what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            act(**form.cleaned_data, actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, said)
            return redirect(*back)
    return render(
        request, "staff/form.html", {"form": form, "title": title, "about": about}, status=422 if form.errors else 200
    )


def _done(request: HttpRequest, act: Callable[..., Any], said: str, back: str) -> HttpResponse:
    """A button: do the act, say so or why not, and go `back`."""
    try:
        act(actor=request.user, at=now())
        messages.success(request, said)
    except Refused as why:
        messages.error(request, str(why))
    return redirect(back)


@allow(Role.SYSADMIN)
def admit(request: HttpRequest) -> HttpResponse:
    """Enter a person."""
    form = AdmitForm(request.POST or None)
    said = _("已登记%(name)s，请接着提出岗位。") % {"name": request.POST.get("name", "")}
    return _asked(request, form, _("登记人员"), actions.admit, said, "staff:appoint")


@allow(Role.SYSADMIN)
def appoint(request: HttpRequest) -> HttpResponse:
    """Propose a post; the security administrator approves it."""
    form = AppointForm(request.POST or None, initial={"starts_on": today(), "person": request.GET.get("person")})
    said = _("已提出，等安全管理员批准后生效。")
    return _asked(request, form, _("提出岗位"), actions.appoint, said, "staff:organisation")


@allow(Role.SYSADMIN)
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """End a post."""
    post, form = _open_post(pk), LeaveForm(request.POST or None, initial={"ends_on": today()})
    act, back = partial(actions.leave, post), ("staff:person", post.person_id)
    return _asked(request, form, _("结束岗位"), act, _("岗位已结束。"), *back, about=post)


def _open_post(pk: int) -> Post:
    return get_object_or_404(Post.objects.select_related("person", "unit"), pk=pk, ends_on=None)


@allow(Role.SYSADMIN)
def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account off."""
    who, form = get_object_or_404(Person, pk=pk), ReasonForm(request.POST or None)
    act = partial(actions.close_account, who)
    return _asked(request, form, _("停用账号"), act, _("账号已停用。"), "staff:person", pk, about=who)


@allow(Role.SYSADMIN)
def open_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an account on again."""
    who, form = get_object_or_404(Person, pk=pk), ReasonForm(request.POST or None)
    act = partial(actions.open_account, who)
    return _asked(request, form, _("启用账号"), act, _("账号已启用。"), "staff:person", pk, about=who)


@allow(Role.SYSADMIN)
def first_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new first password for somebody who has forgotten the old one; it must be changed at once."""
    who, form = get_object_or_404(Person, pk=pk), FirstPasswordForm(request.POST or None)
    title, act = _("重设密码"), partial(actions.set_password, who, must_change=True)
    return _asked(request, form, title, act, _("密码已重设，本人登录后必须更换。"), "staff:person", pk, about=who)


@allow(Role.SECADMIN)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a proposed post."""
    act = partial(actions.approve, get_object_or_404(Post, pk=pk))
    return _done(request, act, _("已批准，即刻生效。"), "staff:organisation")


@allow(Role.SECADMIN)
def turn_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not approve a proposed post."""
    post, form = _open_post(pk), ReasonForm(request.POST or None)
    act = partial(actions.turn_down, post)
    return _asked(request, form, _("不批准岗位"), act, _("没有批准。"), "staff:organisation", about=post)


@allow(Role.SECADMIN)
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Unlock an account."""
    act = partial(actions.release, request.POST.get("username", "").strip())
    return _done(request, act, _("已解锁。"), "staff:organisation")
