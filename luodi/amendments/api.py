"""Applications about a problem in JSON: asking, urging and undoing are acts like the others."""

from ninja import Router

from luodi.amendments import actions, urls
from luodi.problems.api import add_acts

router = Router(tags=["problems"])
# Reading the routes has stated what each act asks for (`problems.views.act_view`).
add_acts(router, actions, stated_by=urls)
