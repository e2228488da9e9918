"""Reads of the sample: its lists, what the pack asks of each category, and whether a database holds the sample city."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from luodi.campaigns.models import Campaign, EvidenceItem
from luodi.campaigns.queries import standards_in_force
from luodi.journal.models import Entry
from luodi.sample.rules import Line

PACK = settings.BASE / "packs" / "project-landing"
BUILT = "sample.city.build"
BEGINS = timezone.make_aware(datetime(2020, 4, 28, 8, 30))  # the first unit is entered
PRESENT = timezone.make_aware(datetime(2020, 8, 31, 8, 0))  # where the demo's clock stands


@cache
def read_city() -> Mapping[str, Any]:
    """Names, counts and words of the sample city (city.yaml)."""
    loaded: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "city.yaml").read_text("utf-8"))
    return loaded


def dossier_lines(campaign: Campaign) -> dict[str, list[Line]]:
    """For each category the lines its standard in force requires, in order."""
    lines: dict[str, list[Line]] = defaultdict(list)
    standards = standards_in_force(campaign)
    codes = {standard.pk: standard.category.code for standard in standards.values()}
    for item in EvidenceItem.objects.filter(standard__in=codes).order_by("standard", "seq"):
        facts = (item.seq, item.title, item.papers, item.aspect, item.required, item.restricted)
        lines[codes[item.standard_id]].append(Line(*facts))
    return lines


def is_sample() -> bool:
    """Whether this database holds the sample city, whole (it is built in one transaction)."""
    return Entry.objects.filter(verb=BUILT).exists()


def is_untouched() -> bool:
    """Whether nothing has ever been entered: no campaign, no journal."""
    return not Campaign.objects.exists() and not Entry.objects.exists()


def where_time_stands() -> datetime:
    """The sample's present: 31 August 2020, 8:00, or later if people have already acted after that."""
    newest = Entry.objects.order_by("-at", "-pk").first()
    return max(PRESENT, timezone.localtime(newest.at) + timedelta(seconds=1)) if newest else PRESENT
