"""Signing in and out, one's own sessions, tokens and password; and what is checked on every request."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.forms import CheckboxInput, Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luodi.kit.clock import now, today
from luodi.kit.refusal import Refused
from luodi.kit.views import refused
from luodi.orgs import actions
from luodi.orgs.forms import PasswordForm, SignInForm, TokenForm
from luodi.orgs.models import Draft, Person, Post, SignIn, Token
from luodi.orgs.rules import public, signed_in, words_to_keep, written_by_hand

Handler = Callable[[HttpRequest], HttpResponse]
KEPT = "kept_words"  # in the session: a form that was sent after the session had ended
TOUCH_EVERY = timedelta(seconds=60)
PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 -- a dotted path


class SignedIn:
    """Ends a session that was closed elsewhere, keeps an active one alive, and asks for a due change of password.

    A form sent after the session has ended is not lost: its words are given back after the same person signs in.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check, then go on."""
        if isinstance(request.user, Person):
            row = SignIn.objects.filter(session_key=request.session.session_key or "").first()
            if row is None or row.ended_at is not None:
                logout(request)
            elif abs(now() - row.seen_at) > TOUCH_EVERY:
                actions.touch_sign_in(row, at=now())
                request.session.modified = True
        if isinstance(request.user, Person) and self._must_change(request):
            return redirect("orgs:password")
        if request.method == "POST" and request.session.get(KEPT, {}).get("path") == request.get_full_path():
            del request.session[KEPT]  # it is being sent now
        response = self.get_response(request)
        if request.method == "POST" and not request.user.is_authenticated and _sent_to_sign_in(request, response):
            _keep_words(request)
            response = redirect(f"{reverse('orgs:sign_in')}?{urlencode({'next': _page_before(request)})}")
            if request.headers.get("HX-Request"):
                response = HttpResponse(headers={"HX-Redirect": response.url})
        return response

    @staticmethod
    def _must_change(request: HttpRequest) -> bool:
        person = request.user
        free = {reverse("orgs:password"), reverse("orgs:sign_out")}
        return person.must_change and person.has_usable_password() and request.path not in free


def _sent_to_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == reverse("orgs:sign_in")


def _page_before(request: HttpRequest) -> str:
    """The page on which the form stood: what was sent can be answered to a form only, not to a link."""
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(before).path if before and safe else reverse("home")


def _keep_words(request: HttpRequest) -> None:
    """Keep what was typed for the person whose session this browser had, and for nobody else; files are not kept."""
    former = SignIn.objects.filter(session_key=request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")).first()
    words = words_to_keep(request.POST.lists())
    route = request.resolver_match
    if former is None or not words or route is None or route.app_name == "orgs":  # no password is ever kept
        return
    facts = {"path": request.get_full_path(), "back": _page_before(request), "files": bool(request.FILES)}
    request.session[KEPT] = {"person": former.person_id, "words": words, **facts}


def _address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def _enter(request: HttpRequest, person: Person) -> HttpResponse:
    """Begin a session, ending one that is still open here, and go where the person was going."""
    kept = request.session.get(KEPT)
    _leave(request)
    login(request, person, backend=PASSWORD_BACKEND)
    if request.session.session_key is None:
        request.session.create()
    actions.note_sign_in(
        person,
        session_key=request.session.session_key,
        address=_address(request),
        agent=request.headers.get("User-Agent", ""),
        at=now(),
    )
    if kept and kept["person"] == person.pk:
        request.session[KEPT] = kept
        return redirect("orgs:kept")
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if target and safe else "home")


def _sign_in_page(request: HttpRequest, form: SignInForm, status: int = 200, sentence: str = "") -> HttpResponse:
    personas: list[Post] = []
    if settings.LUODI_DEMO:
        rows = Post.objects.filter(person__is_active=True, ends_on=None).select_related("person", "unit")
        rows = rows.exclude(person__username__startswith="x").order_by("pk")
        personas = list({p.person_id: p for p in rows}.values())
    context = {"form": form, "personas": personas, "sentence": sentence, "next": request.GET.get("next", "")}
    context |= {"demo": settings.LUODI_DEMO, "kept": KEPT in request.session}
    return render(request, "orgs/sign_in.html", context, status=status)


@public
def sign_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; in demo mode it also offers the people of the sample city."""
    if request.method != "POST":
        return _sign_in_page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, 422)
    person = authenticate(request, **form.cleaned_data)
    if not isinstance(person, Person):
        return _sign_in_page(request, form, 422, _("账号或密码不对。连续输错5次，账号会锁定20分钟。"))
    return _enter(request, person)


def locked_out(request: HttpRequest, *args: Any) -> HttpResponse:
    """What django-axes shows when an account is locked; the auditor learns of it too."""
    actions.note_lock_out(request.POST.get("username", ""), address=_address(request), at=now())
    sentence = _("账号已锁定：连续输错5次。请20分钟后再试，或请安全管理员解锁。")
    return _sign_in_page(request, SignInForm(request.POST), 429, sentence)


@public
@require_POST
def sign_in_as(request: HttpRequest, username: str) -> HttpResponse:
    """One click as a person of the sample city; exists only in demo mode."""
    if not settings.LUODI_DEMO:
        raise Http404
    return _enter(request, get_object_or_404(Person, username=username, is_active=True))


@signed_in
@require_safe
def kept(request: HttpRequest) -> HttpResponse:
    """What I had typed when my session ended: send it now, or leave it."""
    found = request.session.get(KEPT)
    if found is None:
        return redirect("home")
    return render(request, "orgs/kept.html", found | {"written": written_by_hand(found["words"])})


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    _leave(request)
    return redirect("orgs:sign_in")


def _leave(request: HttpRequest) -> None:
    """End the session of this browser, if there is one."""
    row = SignIn.objects.filter(session_key=request.session.session_key or "", ended_at=None).first()
    if row and isinstance(request.user, Person):
        actions.end_sign_in(row, actor=request.user, at=now(), address=_address(request))
    logout(request)


@signed_in
def sessions(request: HttpRequest) -> HttpResponse:
    """My sessions: where I am signed in, and a button to end each."""
    rows = SignIn.objects.filter(person=request.user).order_by("-seen_at", "-pk")[:30]
    alive = set(Session.objects.filter(session_key__in=[r.session_key for r in rows]).values_list("pk", flat=True))
    return render(request, "orgs/sessions.html", {"rows": rows, "alive": alive, "here": request.session.session_key})


@signed_in
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my sessions."""
    row = get_object_or_404(SignIn, pk=pk, person=request.user, ended_at=None)
    actions.end_sign_in(row, actor=request.user, at=now(), address=_address(request))
    return redirect("orgs:sessions")


@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """My tokens for the API. A new one is shown on the answer itself, not after a redirect: it is kept nowhere."""
    form = TokenForm(request.POST or None, initial={"expires_on": today() + timedelta(days=90)})
    plain, status = "", 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            _row, plain = actions.issue_token(request.user, **form.cleaned_data, actor=request.user, at=now())
            form, status = TokenForm(initial=form.cleaned_data), 201
        except Refused as why:
            form.add_error(None, str(why))
    rows = Token.objects.filter(person=request.user).order_by("-created_at", "-pk")[:50]
    listed = [(row, row.in_force(today())) for row in rows]
    return render(request, "orgs/tokens.html", {"form": form, "plain": plain, "rows": listed}, status=status)


@signed_in
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop one of my tokens."""
    try:
        actions.revoke_token(get_object_or_404(Token, pk=pk, person=request.user), actor=request.user, at=now())
        messages.success(request, _("令牌已停用。"))
    except Refused as why:
        messages.error(request, str(why))
    return redirect("orgs:tokens")


@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change my own password."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if not request.user.check_password(form.cleaned_data["current"]):
                raise Refused(_("现在的密码不对。"))
            actions.set_password(request.user, form.cleaned_data["new"], actor=request.user, at=now())
        except Refused as why:
            form.add_error(None, str(why))
        else:
            update_session_auth_hash(request, request.user)
            _follow_session(request)
            messages.success(request, _("密码已更换。"))
            return redirect("home")
    return render(request, "orgs/password.html", {"form": form}, status=422 if form.errors else 200)


def _follow_session(request: HttpRequest) -> None:
    """The session key is new after a change of password; the old one is over."""
    actions.note_sign_in(
        request.user,
        session_key=request.session.session_key,
        address=_address(request),
        agent=request.headers.get("User-Agent", ""),
        at=now(),
    )


# -- drafts -------------------------------------------------------------------------------------------------------


def _place(request: HttpRequest) -> str:
    """The form's page, the same in every language: route and arguments."""
    route = request.resolver_match
    return f"{route.view_name} {' '.join(str(value) for value in route.kwargs.values())}".strip() if route else ""


def draft_kept(request: HttpRequest) -> HttpResponse | None:
    """The answer to «暂存» (the page itself sends it too, every 20 seconds) and to dropping it; None if not asked."""
    asked = request.POST.get("draft")
    if asked == "drop":
        draft_done(request)
        return HttpResponseRedirect(request.get_full_path(), status=303)
    if asked != "keep":
        return None
    words = dict(words_to_keep(request.POST.lists()))
    if not words:
        return refused(request, _("内容太长，没有暂存。请先提交或缩短。"))
    del words["draft"]
    draft = actions.keep_draft(request.user, _place(request), words, at=now())
    sentence = _("已暂存 %(time)s") % {"time": f"{timezone.localtime(draft.saved_at):%H:%M}"}
    if request.headers.get("HX-Request"):
        return HttpResponse(sentence, content_type="text/plain; charset=utf-8")
    messages.success(request, sentence + _("，再打开这一页会恢复。"))
    return HttpResponseRedirect(request.get_full_path(), status=303)


def draft_given_back(request: HttpRequest, form: Form) -> Draft | None:
    """Put what was kept into a form that shows nothing typed yet; the draft, if there is one. One query."""
    draft = Draft.objects.filter(person=request.user, place=_place(request)).first()
    if draft is None or form.is_bound:
        return None
    open_fields = {name: field.widget for name, field in form.fields.items() if not field.widget.is_hidden}
    unticked = {name: "" for name, widget in open_fields.items() if isinstance(widget, CheckboxInput)}
    form.initial = {**form.initial, **unticked, **{n: text for n, text in draft.words.items() if n in open_fields}}
    return draft


def draft_done(request: HttpRequest) -> None:
    """What was typed has been sent."""
    actions.drop_draft(request.user, _place(request))
