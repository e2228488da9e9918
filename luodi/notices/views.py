"""My notices, what reaches me, and the groups an office tells."""

from django.conf import settings
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luodi.kit.clock import now, today
from luodi.kit.pages import page
from luodi.kit.refusal import Refused
from luodi.notices import actions, queries
from luodi.notices.forms import ChannelForm, ChoiceForm
from luodi.notices.models import Channel, Delivery, Kind, Notice
from luodi.orgs.models import Role
from luodi.orgs.rules import BUSINESS, allow


def _to(route: str, *args: object) -> HttpResponse:
    return HttpResponseRedirect(reverse(route, args=args), status=303)


@allow(*BUSINESS)
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What I am told: unread first, newest first."""
    mine = queries.mine(request.user).select_related("problem__unit")
    found = page(mine, ("-unread", "-id"), request.GET.get("cursor", ""))
    context = {"page": found, "lines": queries.readable(found.rows, request.user, today())}
    return render(request, "notices/notices.html", context | {"any_unread": any(n.unread for n in found.rows)})


@allow(*BUSINESS)
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what a notice is about; from then on it is read."""
    row = get_object_or_404(Notice, pk=pk, person=request.user)
    actions.read(row, actor=request.user, at=now())
    return _to("problems:problem", row.problem_id)


@allow(*BUSINESS)
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.read_all(actor=request.user, at=now())
    return _to("notices:notices")


@allow(*BUSINESS)
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What reaches me, and where."""
    kept = queries.choices_of(request.user)
    chosen = {kind: kept.get(kind, (True, True)) for kind in Kind}
    form = ChoiceForm(request.POST or None, chosen=chosen, initial={"email": request.user.email})
    if form.is_valid():
        actions.choose(form.chosen(), email=form.cleaned_data["email"], actor=request.user, at=now())
        messages.success(request, _("已保存，从现在起的通知照此发送。"))
        return _to("notices:preferences")
    context = {"form": form, "mail_on": settings.LUODI_MAIL, "digest_at": settings.LUODI_DIGEST_AT}
    return render(request, "notices/preferences.html", context, status=422 if form.is_bound else 200)


@allow(Role.OFFICE)
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """The groups my office tells, each with how its last message fared."""
    last = Delivery.objects.filter(channel=OuterRef("pk")).order_by("-pk")
    rows = Channel.objects.visible_to(request.user, today()).select_related("unit")
    rows = rows.annotate(
        last_state=Subquery(last.values("state")[:1]),
        last_error=Subquery(last.values("error")[:1]),
        last_at=Subquery(last.values("next_at")[:1]),
        last_end=Subquery(last.values("ended_at")[:1]),
    )
    context = {"rows": rows.order_by("unit__code", "name", "pk"), "states": dict(Delivery.State.choices)}
    return render(request, "notices/channels.html", context)


@allow(Role.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_channel(request: HttpRequest) -> HttpResponse:
    """Add a group's robot."""
    form = ChannelForm(request.POST or None, person=request.user, day=today())
    if form.is_valid():
        try:
            actions.add_channel(**form.arguments(), actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("已添加，可以试发一条。"))
            return _to("notices:channels")
    return render(request, "notices/channel_form.html", {"form": form}, status=422 if form.is_bound else 200)


def _channel(request: HttpRequest, pk: int) -> Channel:
    found: Channel = get_object_or_404(Channel.objects.visible_to(request.user, today()).select_related("unit"), pk=pk)
    return found


@allow(Role.OFFICE)
@require_POST
def switch_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell a group no longer, or again."""
    active = request.POST.get("active") == "1"
    actions.switch_channel(_channel(request, pk), active=active, actor=request.user, at=now())
    messages.success(request, _("已启用。") if active else _("已停用。"))
    return _to("notices:channels")


@allow(Role.OFFICE)
@require_POST
def try_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one line to a group, to see whether it arrives."""
    try:
        actions.try_channel(_channel(request, pk), actor=request.user, at=now())
        messages.success(request, _("已排队试发，片刻后请看群里；结果也显示在这里。"))
    except Refused as why:
        messages.error(request, str(why))
    return _to("notices:channels")
