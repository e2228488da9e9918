"""Every route of the site; Chinese at `/…`, English at `/en/…`."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.i18n import set_language

from luodi.amendments import urls as amendments
from luodi.kit import views as kit
from luodi.ledger import urls as ledger
from luodi.orgs.rules import public
from luodi.problems import urls as problems
from luodi.site import api, views

handler400 = kit.handler400
handler403 = kit.handler403
handler404 = kit.handler404
handler500 = kit.handler500

urlpatterns = [
    path("theme/", public(kit.theme), name="theme"),
    path("language/", public(set_language), name="language"),
    path("healthy/", views.healthy, name="healthy"),
    path("api/openapi.json", api.description, name="api_description"),
    path("api/", include((api.routes, "api"))),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("", include("luodi.orgs.urls")),
        path("organisation/", include("luodi.staff.urls")),
        path("problems/", include(([*ledger.urlpatterns, *amendments.urlpatterns, *problems.urlpatterns], "problems"))),
        path("indicators/", include("luodi.indicators.urls")),
        path("documents/", include("luodi.documents.urls")),
        path("proofreading/", include("luodi.proofreading.urls")),
        path("changes/", include("luodi.changes.urls")),
        path("dashboard/", include("luodi.dashboard.urls")),
        path("projects/monthly/", include("luodi.progress.urls")),
        path("projects/", include("luodi.projects.urls")),
        path("permits/", include("luodi.permits.urls")),
        path("land/", include("luodi.land.urls")),
        path("finance/", include("luodi.finance.urls")),
        path("packs/", include("luodi.campaigns.urls")),
        path("jobs/", include("luodi.jobs.urls")),
        path("journal/", views.journal, name="journal"),
        path("search/", views.search, name="search"),
        path("help/", views.help_page, name="help"),
        path("intake/", include("luodi.intake.urls")),
        path("notices/", include("luodi.notices.urls")),
        prefix_default_language=False,
    ),
]
