"""The API's door: a person's token, its scope, and the roles an operation is open to. Never a cookie, so no CSRF."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.security import HttpBearer

from luodi.kit.api import REFUSALS
from luodi.kit.clock import now, today
from luodi.kit.sm3 import sm3
from luodi.orgs import actions
from luodi.orgs.models import Person, Role, Token
from luodi.orgs.rules import BUSINESS

TOUCH_EVERY = timedelta(seconds=60)


class Bearer(HttpBearer):
    """«Authorization: Bearer luodi_…». 401 for a token that is unknown, over or of nobody; 403 outside its scope.

    `allows` are the roles, as `orgs.rules.allow` has them for pages; empty: whoever holds a token.
    """

    openapi_description = "A token made under «访问令牌»; it may do what its person may, within its scope."

    def __init__(self, scope: str, *roles: Role) -> None:
        self.scope, self.allows = scope, tuple(roles)
        super().__init__()

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """The person, who is from here on `request.user`."""
        found = Token.objects.select_related("person").filter(digest=sm3(token.encode("utf-8", "replace"))).first()
        if found is None or not found.in_force(today()) or not found.person.is_active:
            return None
        if found.last_used_at is None or abs(now() - found.last_used_at) > TOUCH_EVERY:
            actions.touch_token(found, at=now())
        request.user = found.person
        if self.scope not in found.scopes:
            raise PermissionDenied(_("这个令牌的范围里没有“%(scope)s”。") % {"scope": Token.Scope(self.scope).label})
        if self.allows and not found.person.roles_on(today()) & set(self.allows):
            raise PermissionDenied(_("您的岗位不能使用这个接口。"))
        return found.person


READ = Bearer("read", *BUSINESS)
WRITE = Bearer("write", *BUSINESS)
ANYONE = Bearer("read")


class UnitFacts(Schema):
    """A unit by its code."""

    code: str
    name: str


class PostFacts(Schema):
    """A role at a unit."""

    role: str
    role_name: str
    unit: UnitFacts
    title: str
    starts_on: date
    ends_on: date | None


class Me(Schema):
    """Whose token it is, and the posts that decide what it may do today."""

    username: str
    name: str
    posts: Sequence[PostFacts]


router = Router(tags=["me"])


@router.get("/me", response={200: Me, **REFUSALS}, auth=ANYONE, summary="Whose token this is")
def me(request: HttpRequest) -> dict[str, object]:
    """The person and the posts held today."""
    person: Person = request.user  # type: ignore[assignment]
    posts = [
        {
            "role": post.role,
            "role_name": str(Role(post.role).label),
            "unit": {"code": post.unit.code, "name": post.unit.full_label},
            "title": post.title,
            "starts_on": post.starts_on,
            "ends_on": post.ends_on,
        }
        for post in person.posts_on(today())
    ]
    return {"username": person.username, "name": person.name, "posts": posts}
