"""Two offices issue at the same moment: two numbers, none twice, none left out; on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from luodi.documents import actions
from luodi.documents.models import Document, NumberSeries, TakenNumber
from luodi.kit.refusal import Refused
from tests.documents.conftest import drafted, signed
from tests.world import World, at


@pytest.fixture
def city(transactional_db, world: World) -> World:
    """The world, visible to other threads."""
    return world


def at_once(world: World, papers: list[Document]) -> list[str]:
    """Issue all of them at once, each in its own thread and connection; the numbers, or why not."""
    start = Barrier(len(papers))

    def issue(paper: Document) -> str:
        start.wait()
        try:
            return actions.issue(paper, actor=world.li, at=at("2020-08-31", 15)).doc_number
        except Refused as why:
            return str(why)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(papers)) as pool:
        return sorted(pool.map(issue, papers))


def test_two_documents_issued_at_once_get_two_numbers(city: World) -> None:
    city.problem()
    papers = [signed(city, drafted(city)) for _n in range(2)]
    assert at_once(city, papers) == ["衡落地办〔2020〕1号", "衡落地办〔2020〕2号"]
    assert NumberSeries.objects.get().last_serial == 2


def test_one_document_issued_twice_at_once_gets_one_number(city: World) -> None:
    city.problem()
    paper = signed(city, drafted(city))
    number, why = sorted(at_once(city, [paper, Document.objects.get(pk=paper.pk)]), reverse=True)
    assert (number, "已印发" in why) == ("衡落地办〔2020〕1号", True)
    assert TakenNumber.objects.count() == 1


def test_an_issue_that_fails_leaves_no_gap(city: World, monkeypatch) -> None:
    city.problem()
    paper = signed(city, drafted(city))

    def full(*_args, **_facts):
        raise Refused("存储空间已满。")

    with monkeypatch.context() as patch:
        patch.setattr("luodi.documents.actions.files.store", full)
        with pytest.raises(Refused, match="已满"):
            actions.issue(paper, actor=city.li, at=at("2020-08-31", 15))
    assert actions.issue(paper, actor=city.li, at=at("2020-08-31", 16)).doc_number == "衡落地办〔2020〕1号"
