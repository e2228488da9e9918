"""Rows that the triggers of `rules.py` write, never an act: sums of dated rows by day, and what is summed."""

from django.db import models

from luodi.campaigns.models import Campaign
from luodi.problems.models import Problem


class Tally(models.Model):
    """How much a measure changed on a day, in one batch of one county; several rows of the same day add up.

    As of a day a measure is the sum of all changes until then. `first_on` and `last_on` are filled where the figure
    needs more than a count: for closed problems, the days of the first assignment and of the closing.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", db_index=False)
    city_code = models.CharField(max_length=4)
    county_code = models.CharField(max_length=6, blank=True)
    batch = models.CharField(max_length=4)
    measure = models.CharField(max_length=12)
    changes_on = models.DateField()
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    change = models.IntegerField()

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id campaign city_code county_code batch measure changes_on first_on last_on change".split())

    class Meta:
        indexes = [
            # Holds all that a sum asks, so that it reads no rows.
            models.Index(
                fields=["campaign", "measure", "city_code", "changes_on", "county_code", "batch", "change"],
                name="tally_summed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.county_code} {self.changes_on} {self.change:+}"


class Span(models.Model):
    """From when to when something is true of one problem that several of its rows decide together.

    `begins_on` ≤ day < `ends_on`; without an end it is the year 9999. `first_on`: when it was first assigned.
    """

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=12)
    begins_on = models.DateField()
    ends_on = models.DateField()
    first_on = models.DateField(null=True)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id problem measure begins_on ends_on first_on".split())

    class Meta:
        indexes = [models.Index(fields=["problem", "measure", "begins_on"], name="span_of_problem")]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.measure} {self.begins_on}–{self.ends_on}"


class Ready(models.Model):
    """One row while the triggers stand and have seen everything; without it figures are counted from the rows."""

    since = models.DateTimeField()
    merged_to = models.BigIntegerField(default=0)  # rows of Tally up to this id have been added together

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset({"id", "since", "merged_to"})

    def __str__(self) -> str:
        return str(self.since)
