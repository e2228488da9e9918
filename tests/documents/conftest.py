"""A work report on three problems, and the ways to have a document signed and issued."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from luodi.documents import actions, queries
from luodi.documents.models import Document
from luodi.kit.clock import now
from luodi.orgs.actions import note_sign_in
from luodi.orgs.models import Person
from tests.world import World, at


@pytest.fixture
def report(world: World) -> Document:
    """A work report on three problems: two closed, one only assigned."""
    world.brought_to("closed")
    world.brought_to("closed", world.problem(batch="new"))
    world.brought_to("assigned")
    return drafted(world)


def drafted(world: World, template: str = "work-report", **facts: Any) -> Document:
    """A draft by Li about the city as of the last day of August."""
    wanted = {"template": template, "place": "1311", "as_of": date(2020, 8, 31), "actor": world.li}
    return actions.draft(world.campaign, **{**wanted, "at": at("2020-08-31"), **facts})


def signed(world: World, document: Document, day: str = "2020-08-31") -> Document:
    """Handed in by Li and signed by Zhou, the leader."""
    document = actions.submit(document, actor=world.li, at=at(day, 10))
    return actions.sign(document, actor=world.zhou, at=at(day, 11))


def issued(world: World, document: Document, day: str = "2020-08-31") -> Document:
    """Signed and issued."""
    return actions.issue(signed(world, document, day), actor=world.li, at=at(day, 15))


def sign_in(client: Client, person: Person) -> Client:
    """The client, signed in as this person at the moment the clock stands at."""
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    note_sign_in(person, session_key=client.session.session_key, address=None, agent="", at=now())
    return client


def answered(world, document, why="已在通报中说明", day="2020-08-31"):
    """Li says of everything that can be answered why it stands."""
    text = queries.live(document)
    for remark in queries.remarks(document, text, queries.hands(document, text)):
        facts = {"finding": remark.finding, "reason": why, "actor": world.li, "at": at(day, 10)}
        document = actions.acknowledge(document, **facts)
    return document
