"""Pages that belong to no noun: what went wrong, and the theme."""

import logging
import sys
from typing import Any
from urllib.parse import quote

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)
THEME_COOKIE = "luodi_theme"
THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """The error page without context processors: it must come even when the database does not answer."""
    words: dict[str, Any] = {
        "reference": getattr(request, "reference", ""),
        "sentence": sentence,
        "theme": theme_of(request),
        "language_code": getattr(request, "LANGUAGE_CODE", ""),
    }
    return _drawn(f"{status}.html", words, status)


def _drawn(template_name: str, words: dict[str, Any], status: int) -> HttpResponse:
    """The page; plain text when even the page fails (assets not collected), or the first error would be hidden."""
    try:
        return HttpResponse(render_to_string(template_name, words), status=status)
    except Exception:
        logger.exception("The error page itself failed, reference %s", words["reference"])
        sentence = _("系统出错了，编号 %(reference)s。") % words
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def refused(request: HttpRequest, sentence: str, status: int = 409) -> HttpResponse:
    """A refusal (`str(Refused)`) as 409 or 403: a toast for htmx, a page otherwise; also in X-Refusal."""
    if request.headers.get("HX-Request"):
        fragment = render_to_string("kit/_toast.html", {"words": sentence, "bad": True})
        response = HttpResponse(fragment, status=status)
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "beforeend"
    else:
        response = _page(request, status, sentence)
    response["X-Refusal"] = quote(sentence)
    return response


def sheet_file(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet made for this person, as a download called `name`; no proxy keeps it."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that makes no sense."""
    return _page(request, 400)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not allowed: the sentence of PermissionDenied, where it has one."""
    return refused(request, str(exception), 403)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Not there. What one may not see is not found either, so nothing about it is said."""
    return _page(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """Our own fault, with the reference that the log carries; or a database that is locked or away: try again."""
    return _page(request, 503 if isinstance(sys.exc_info()[1], OperationalError) else 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: nearly always a page left open past the end of the session."""
    words = {"reference": getattr(request, "reference", ""), "theme": theme_of(request)}
    return _drawn("403_csrf.html", words, 403)


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark`, or empty: as the system has it."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """POST theme=light|dark|(empty: as the system has it): keeps it in a cookie, goes back to where one was."""
    chosen = request.POST.get("theme", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
    else:
        response = HttpResponseRedirect(target, status=303)
    if chosen in THEMES:
        response.set_cookie(THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(THEME_COOKIE)
    return response
