"""The WSGI application the server runs."""

import os

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luodi.site.settings")
application = get_wsgi_application()
# The journal keeps the address of staff acts: behind a proxy that is what the named proxies say it is, no one else.
if proxies := os.environ.get("LUODI_TRUSTED_PROXIES", ""):
    application = wrap_wsgi_with_proxy_headers(application, [one.strip() for one in proxies.split(",")])
