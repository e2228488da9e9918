"""The statutory calendar, day by day, as the State Council announced it."""

from django.db import models
from django.db.models import Max, Sum


class CalendarQuerySet(models.QuerySet):
    def version(self) -> tuple[int, int]:
        """Changes whenever the calendar does; (0, 0) while the table is empty.

        Rewritten days are new rows, so the last id moves; the sum tells apart two states that a rolled-back
        transaction gave the same ids.
        """
        found = self.aggregate(last=Max("pk"), total=Sum("seq"))
        return found["last"] or 0, found["total"] or 0


class CalendarDay(models.Model):
    """One day of an announced year. A year is in the table whole or not at all, and years follow each other."""

    day = models.DateField(unique=True)
    is_workday = models.BooleanField()
    # Working days from the first day of the table up to and including this one: limits can be reckoned in SQL as
    # the difference of two numbers.
    seq = models.PositiveIntegerField()
    source = models.CharField(max_length=80)
    note = models.CharField(max_length=40, blank=True)

    objects = CalendarQuerySet.as_manager()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({"id", "day", "is_workday", "seq", "source", "note"})

    class Meta:
        indexes = [models.Index(fields=["seq", "day"], name="workday_seq")]

    def __str__(self) -> str:
        return self.day.isoformat()
