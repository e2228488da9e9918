"""Programs with a person's token, on 31 August 2020."""

import json
from datetime import date

import pytest
from django.test import Client

from luodi.kit.clock import now


@pytest.fixture(autouse=True)
def late_august(settings):
    settings.LUODI_CLOCK = "2020-08-31T08:00"


class Program:
    """Calls the API with one token and nothing else."""

    def __init__(self, token):
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, address, status=200):
        return self._told(self.client.get(f"/api{address}"), status)

    def post(self, address, status=200, **facts):
        return self._told(self.client.post(f"/api{address}", json.dumps(facts), "application/json"), status)

    @staticmethod
    def _told(answer, status):
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
def token(world):
    """`token(world.wang, "read")`: (row, token)."""
    from luodi.orgs.actions import issue_token

    def issue(person, *scopes, expires_on=date(2020, 12, 31)):
        wanted = scopes or ("read", "write")
        return issue_token(person, name="同步", scopes=wanted, expires_on=expires_on, actor=person, at=now())

    return issue


@pytest.fixture
def program(token):
    """`program(world.wang)`: a program that may read and write as this person."""
    return lambda person, *scopes: Program(token(person, *scopes)[1])
