"""A small sample city is built and looked over: what its people did is in the ledger, the journal and the files."""

from collections import Counter
from datetime import date

import pytest
from django.db import transaction
from django.db.models import Count

from luodi.amendments.models import Amendment, Urge
from luodi.indicators.queries import answer
from luodi.indicators.rules import Frame
from luodi.journal.actions import seal
from luodi.journal.models import Entry
from luodi.journal.queries import verify
from luodi.kit.refusal import Refused
from luodi.orgs.models import Person
from luodi.problems.models import DossierItem, Evidence, Finding, Problem, Return, Status, Verdict
from luodi.sample.actions import build
from luodi.sample.queries import BEGINS, PRESENT, is_sample, is_untouched, where_time_stands

SHARE = 0.03


@pytest.fixture
def city(db, settings):
    settings.LUODI_FSYNC = False
    return build(at=BEGINS, share=SHARE)


def test_the_small_city_holds_together(city):
    """One long look, because building costs a second or two."""
    rows = Problem.objects.filter(voided_on=None)
    base, new = rows.filter(batch="base").count(), rows.filter(batch="new").count()
    assert (base, new) == (len(city.problems) - 10, 10)
    assert [p.serial for p in rows.filter(batch="base").order_by("serial")] == list(range(1, base + 1))
    story(rows)
    figures(city, rows)
    files()
    applications(city)
    journal()
    people()
    assert is_sample()
    assert not is_untouched()
    with pytest.raises(Refused):
        build(at=BEGINS, share=SHARE)


def story(rows):
    """The problem of the drawing: three lines agree, one does not, one is missing, sent back once."""
    problem = rows.get(title="工业新区二期土地出让手续滞后")
    assert (problem.status, problem.due_on, problem.return_count) == ("returned", date(2020, 8, 19), 1)
    standing = Verdict.objects.filter(entry__problem=problem, ended_on=None)
    assert Counter(v.finding for v in standing) == {Finding.MATCH: 3, Finding.MISMATCH: 1, Finding.MISSING: 1}
    assert problem.handler.username == "wang"
    photos = Evidence.objects.filter(entry__problem=problem, stored__kind="image/jpeg")
    assert photos.count() == 6


def figures(city, rows):
    """Everything is rectified; what is not closed is open or overdue."""

    def value(code):
        return answer(code, Frame(campaign=city.campaign.pk, place="1311", as_of=date(2020, 8, 31))).value

    still = rows.exclude(status=Status.CLOSED)
    assert value("problems.rectified") == rows.count()
    assert value("problems.open") == still.count() >= 12
    assert value("problems.overdue") == still.filter(due_on__lt=date(2020, 8, 31)).count() >= 3
    assert value("problems.matched") == value("problems.closed")
    assert set(rows.values_list("status", flat=True)) >= {"closed", "self_checked", "returned"}
    assert Return.objects.exists()
    assert rows.filter(reopen_count=1).exists()


def files():
    """Each required line of each problem has had a file, and no file serves twice."""
    assert not DossierItem.objects.filter(required=True, evidence=None, problem__voided_on=None).exists()
    assert not Evidence.objects.values("stored").annotate(n=Count("pk")).filter(n__gt=1).exists()


def applications(city):
    """Some are decided, some wait for the office; what went out of the ledger is counted on no day."""
    out = Problem.objects.exclude(voided_on=None)
    assert sorted(out.values_list("status", flat=True)) == ["merged", "voided"]
    assert all(row.registered_on == row.voided_on for row in out)
    decided = Counter(Amendment.objects.exclude(decided_on=None).values_list("kind", "approved"))
    assert (decided["merge", True], decided["void", True]) == (1, 1)
    waiting = Amendment.objects.undecided()
    assert not waiting.filter(asked_by=city.people["li"]).exists()
    assert Urge.objects.exists()


def journal():
    """In order of time, every act of the flow done at least once, and the seals hold."""
    moments = list(Entry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] < PRESENT == where_time_stands()
    done = set(Entry.objects.values_list("verb", flat=True))
    acts = "register assign decline claim file_plan send_back_plan accept_plan prove sign report self_check check"
    acts += " verify close send_back resubmit reject reopen"
    assert {f"problems.{act}" for act in acts.split()} <= done
    assert seal(at=PRESENT) == len(moments)
    assert verify().broken == ""


def people():
    """Those of the sign-in page are there, and nobody has a password."""
    shown = Person.objects.exclude(username__startswith="x")
    assert set(shown.values_list("username", flat=True)) == set(
        "li tian wang qian chen sun zhao liu he zhou gao wu zheng feng".split()
    )
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_the_same_seed_builds_the_same_rows(db, settings):
    settings.LUODI_FSYNC = False

    def rows():
        problems = Problem.objects.order_by("code").values_list("code", "title", "status", "due_on", "closed_on")
        files = Evidence.objects.order_by("entry__problem__code", "pk").values_list("stored__sm3", flat=True)
        return list(problems), list(files)

    with transaction.atomic():
        build(at=BEGINS, share=SHARE)
        first = rows()
        transaction.set_rollback(True)
    assert is_untouched()
    build(at=BEGINS, share=SHARE)
    assert rows() == first
