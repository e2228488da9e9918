"""The JSON API: every module's operations under one door, one description, one way to refuse."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from luodi import __version__
from luodi.amendments.api import router as amendments
from luodi.indicators.api import router as indicators
from luodi.kit.api import Invalid
from luodi.kit.refusal import Refused
from luodi.ledger.api import router as problems
from luodi.orgs.api import ANYONE
from luodi.orgs.api import router as me
from luodi.orgs.models import Person
from luodi.orgs.rules import public

api = NinjaAPI(
    title="Luodi 落地",
    version=__version__,
    description="The ledger and its figures, by the rules of the pages: what a person may see and do, a token may.",
    openapi_url=None,  # served by `description` below, to a session or a token
    docs_url=None,  # its pages fetch their scripts from elsewhere
)
for router in (me, problems, amendments, indicators):
    api.add_router("", router)


def _answer(status: int, facts: dict[str, Any]) -> HttpResponse:
    return JsonResponse(facts, status=status, json_dumps_params={"ensure_ascii": False})


@api.exception_handler(AuthenticationError)
def unknown_token(request: HttpRequest, why: AuthenticationError) -> HttpResponse:
    """401: no token, or one that is unknown, revoked, past its day, or of somebody who has left."""
    response = _answer(401, {"message": _("没有令牌，或者令牌已经失效。请在“访问令牌”中新建。")})
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(PermissionDenied)
def not_allowed(request: HttpRequest, why: PermissionDenied) -> HttpResponse:
    """403: the person's posts or the token's scope do not reach."""
    return _answer(403, {"message": str(why) or _("您的岗位不能使用这个接口。")})


@api.exception_handler(Http404)
def absent(request: HttpRequest, why: Http404) -> HttpResponse:
    """404: not there, or not visible."""
    return _answer(404, {"message": _("没有这一项，或者您看不到它。")})


@api.exception_handler(Refused)
def refused(request: HttpRequest, why: Refused) -> HttpResponse:
    """409: not now, with the sentence the page shows."""
    return _answer(409, {"message": str(why)})


@api.exception_handler(Invalid)
def wrong(request: HttpRequest, why: Invalid) -> HttpResponse:
    """422: what was sent, field by field."""
    return _answer(422, {"errors": why.errors})


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, why: ValidationError) -> HttpResponse:
    """422: the address itself."""
    errors: dict[str, list[str]] = {}
    for one in why.errors:
        errors.setdefault(str(one["loc"][-1]), []).append(_("不是可以使用的值。"))
    return _answer(422, {"errors": errors})


@public
@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description, for whoever is signed in or brings a token."""
    if not isinstance(request.user, Person) and not ANYONE(request):
        return unknown_token(request, AuthenticationError())
    return _answer(200, api.get_openapi_schema(path_prefix="/api/"))


# Each operation names its scope and roles in its `auth`; LoginRequiredMiddleware must let it come so far.
routes = api.urls[0]
for pattern in routes:
    view: Any = pattern.callback
    view.login_required, view.allows = False, "token"
