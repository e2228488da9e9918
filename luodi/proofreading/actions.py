"""Keeping a text somebody has proofread, and letting it go."""

from datetime import date, datetime, timedelta

from django.db import transaction

from luodi.indicators.rules import Frame
from luodi.journal import actions as journal
from luodi.kit.clock import local_day
from luodi.orgs.models import Person
from luodi.proofreading.models import Proof
from luodi.proofreading.queries import Paper
from luodi.proofreading.rules import days_of

KEPT = timedelta(days=30)


@transaction.atomic
def proofread(paper: Paper, frame: Frame | None, *, dated_on: date | None = None, actor: Person, at: datetime) -> Proof:
    """Keep a text for its person to look at. The journal says that it was done, never what the text says."""
    own, as_of = days_of(paper.paragraphs, dated_on, local_day(at))
    proof = Proof.objects.create(
        person=actor,
        campaign_id=frame.campaign if frame else None,
        place=frame.place if frame else "",
        name=paper.name[:200],
        origin=Proof.Origin.FILE if paper.from_file else Proof.Origin.PASTED,
        paragraphs=list(paper.paragraphs),
        layout=list(paper.layout),
        dated_on=own,
        as_of=as_of,
        checked_at=at,
    )
    after = {"origin": proof.origin, "paragraphs": len(paper.paragraphs)}
    journal.record("proofreading.check", actor=actor, at=at, row=proof, label=str(proof.pk), after=after)
    return proof


@transaction.atomic
def discard(proof: Proof, *, actor: Person, at: datetime) -> None:
    """Remove a text and what was found in it."""
    journal.record("proofreading.discard", actor=actor, at=at, row=proof, label=str(proof.pk))
    proof.delete()


def drop_old(*, at: datetime) -> int:
    """The worker's duty: texts older than thirty days go; returns how many. One query when there are none."""
    old = list(Proof.objects.filter(checked_at__lt=at - KEPT).values_list("pk", flat=True)[:500])
    if old:
        Proof.objects.filter(pk__in=old).delete()
    return len(old)
