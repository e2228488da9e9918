"""Requests made out of the description: whatever is sent, no server error, and no answer that is not described."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from luodi.site.api import api
from luodi.site.wsgi import application

pytestmark = pytest.mark.django_db
SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/"))
SCHEMA.app = application
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(autouse=True)
def connection_stays():
    """A request through WSGI would close the connection, and with it the test's transaction."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def test_the_description_is_valid():
    assert SCHEMA.validate() is None
    assert len(OPERATIONS) > 20


def test_no_server_error_and_no_undocumented_answer(world, token):
    """Half of the requests name a problem that is there, with its version: they come as far as the act."""
    if connection.vendor != "sqlite":
        return  # the same requests; once is enough
    problem = world.brought_to("assigned")
    tokens = st.sampled_from([token(world.wang)[1], token(world.li)[1]])
    answered = {operation.label: set() for operation in OPERATIONS}

    @settings(max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def send(operation, data):
        case = data.draw(operation.as_strategy())
        if data.draw(st.booleans()):
            problem.refresh_from_db(fields=["version"])
            if "pk" in (case.path_parameters or {}):
                case.path_parameters["pk"] = problem.pk
            if "code" in (case.path_parameters or {}):
                case.path_parameters["code"] = "problems.closed"
            if isinstance(case.body, dict) and "seen" in case.body:
                case.body["seen"] = problem.version
        headers = {"Authorization": f"Bearer {data.draw(tokens)}"}
        answered[operation.label].add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    for operation in OPERATIONS:
        send(operation)
    reached = set().union(*answered.values())
    assert {200, 403, 404, 422} <= reached
    assert all(401 not in statuses for statuses in answered.values())
