"""Reads on campaigns: the current one, the pack version in force, its standards, settings and document templates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from luodi.campaigns.models import Batch, Campaign, Category, EvidenceItem, PackVersion, Stage, Standard


@dataclass(frozen=True)
class Settings:
    """The thresholds of a pack. Days of lights are working days, days of relapse checks calendar days."""

    blue_working_days: int = 3
    yellow_working_days: int = 0
    sampling_ratio: Decimal = Decimal("0.2")
    relapse_check_days: tuple[int, ...] = ()


@dataclass(frozen=True)
class DocumentTemplate:
    """A document of a pack: its facts and its text in the template language of docs/packs.md."""

    name: str
    title: str
    title_en: str
    kind: str
    organ: str
    recipients: tuple[str, ...]
    copies_to: tuple[str, ...]
    text: str
    agency: str = ""


def current(city_code: str = "1311") -> Campaign | None:
    """The campaign a city runs at present, or None before a pack is loaded."""
    return Campaign.objects.select_related("city").filter(city__code=city_code, is_current=True).first()


def campaigns() -> list[Campaign]:
    """All campaigns: current ones first, then the newest."""
    return list(Campaign.objects.select_related("city").order_by("-is_current", "-starts_on", "pk"))


def versions(campaign: Campaign) -> list[PackVersion]:
    """The versions of the campaign's pack, newest first, without their content."""
    return list(PackVersion.objects.filter(pack=campaign.pack).defer("content").order_by("-version", "pk"))


def version_in_force(campaign: Campaign) -> PackVersion | None:
    """The newest version of the campaign's pack."""
    return PackVersion.objects.filter(pack=campaign.pack).order_by("-version", "pk").first()


def settings(campaign: Campaign) -> Settings:
    """The thresholds in force for a campaign."""
    version = version_in_force(campaign)
    if version is None:
        return Settings()
    facts = version.content["settings"]
    return Settings(
        blue_working_days=facts["lights"]["blue_working_days"],
        yellow_working_days=facts["lights"]["yellow_working_days"],
        sampling_ratio=Decimal(str(facts["sampling_ratio"])),
        relapse_check_days=tuple(facts["relapse_check_days"]),
    )


def standards_in_force(campaign: Campaign) -> dict[int, Standard]:
    """For each category of the newest version its standard, by the category's id; `category` is at hand."""
    newest = PackVersion.objects.filter(pack=campaign.pack).order_by("-version").values("pk")[:1]
    rows = Standard.objects.filter(category__campaign=campaign, pack_version__in=newest)
    ordered = rows.select_related("category").order_by("category__seq", "pk")
    return {standard.category_id: standard for standard in ordered}


def categories(campaign: Campaign) -> list[Category]:
    """The categories of the newest version, in the pack's order. Older ones stay on their problems only."""
    return [standard.category for standard in standards_in_force(campaign).values()]


def category_choices(campaign: Campaign) -> list[tuple[str, list[tuple[int, str]]]]:
    """Choices for a select field: [(group, [(category id, label), …]), …] in the reader's language."""
    grouped = groupby(categories(campaign), key=lambda category: category.local_group)
    return [(group, [(category.pk, category.label) for category in members]) for group, members in grouped]


def stage_on(campaign: Campaign, day: date) -> Stage | None:
    """The stage a campaign is in on a day; None before, between and after its stages."""
    return campaign.stages.filter(starts_on__lte=day, ends_on__gt=day).order_by("seq", "pk").first()


def document_templates(campaign: Campaign) -> dict[str, DocumentTemplate]:
    """The document templates of the newest version, by name."""
    version = version_in_force(campaign)
    facts = version.content["documents"] if version else []
    return {one["name"]: _document(one) for one in facts}


def _document(facts: dict[str, Any]) -> DocumentTemplate:
    lists = {name: tuple(facts[name]) for name in ("recipients", "copies_to")}
    return DocumentTemplate(**facts | lists)


def overview(campaign: Campaign, today: date) -> dict[str, object]:
    """What the campaign's page shows: stages, standards with their evidence, thresholds, versions, documents."""
    standards = list(standards_in_force(campaign).values())
    prefetch_related_objects(standards, Prefetch("evidence", EvidenceItem.objects.order_by("seq", "pk")))
    thresholds = settings(campaign)
    stages = list(campaign.stages.order_by("seq", "pk"))
    return {
        "base_label": campaign.batch_label(Batch.BASE),
        "new_label": campaign.batch_label(Batch.NEW),
        "stages": stages,
        "stage_now": next((stage for stage in stages if stage.covers(today)), None),
        "standards": standards,
        "settings": thresholds,
        "sampling_percent": f"{thresholds.sampling_ratio * 100:f}".rstrip("0").rstrip("."),
        "versions": versions(campaign),
        "documents": list(document_templates(campaign).values()),
    }
