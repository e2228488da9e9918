"""Sending stored bytes. No routes here: the module that attached a file decides who may fetch it and calls `stream`."""

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from luodi.files.models import StoredFile
from luodi.files.queries import open_file, without_metadata
from luodi.files.rules import BY_MIME

# A sandboxed document may not run scripts, submit forms or reach the site's cookies. Chrome's PDF viewer does not
# start in a sandbox and is itself an embedded object with inline style: it gets the narrowest policy it works under.
_SEALED = "default-src 'none'; sandbox"
_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def stream(stored: StoredFile, *, name: str, inline: bool = False, outsider: bool = False) -> HttpResponseBase:
    """The file as a download called `name` (any script), or shown in the browser with `inline=True`.

    Only PDF and images are ever shown; everything else is downloaded whatever is asked. Images are shown as a
    re-encoded copy without metadata; `outsider=True` gives that copy as download too. The caller has already decided
    that this person may have the file. Refused when the bytes are gone.
    """
    kind = BY_MIME.get(stored.kind)
    is_image = kind is not None and kind.is_image
    is_pdf = stored.kind == "application/pdf"
    shown = inline and (is_image or is_pdf)
    response: HttpResponseBase
    if is_image and (shown or outsider):
        response = HttpResponse(without_metadata(stored), content_type=stored.kind)
    else:
        response = FileResponse(open_file(stored), content_type=stored.kind)
    response["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response["Content-Security-Policy"] = _PDF if shown and is_pdf else _SEALED
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
