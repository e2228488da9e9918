"""Every request has a reference a person can read out; pages with people's data are not kept by anyone in between."""

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]

_GIVEN = re.compile(r"[A-Za-z0-9-]{8,40}")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is mistaken for another when read out


class RequestReference:
    """Sets `request.reference` and the header X-Request-ID; keeps one that a proxy in front has given.

    Also: `Vary: HX-Request`, because one address is a page or a fragment, and `Cache-Control: private, no-store`
    for whoever is signed in. Static files are served further in and keep their own far-future caching.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers set."""
        given = request.headers.get("X-Request-ID", "")
        reference = given if _GIVEN.fullmatch(given) else "".join(secrets.choice(_LETTERS) for _ in range(8))
        request.reference = reference  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = reference
        user = getattr(request, "user", None)
        if user is not None:
            patch_vary_headers(response, ["HX-Request"])
            if user.is_authenticated and not response.has_header("Cache-Control"):
                patch_cache_control(response, private=True, no_store=True)
        return response
