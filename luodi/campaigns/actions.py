"""Loading a pack and choosing which campaign a city runs."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from luodi.campaigns.forms import CampaignEntry, CategoryEntry, GroupEntry, Pack, read_pack, read_units
from luodi.campaigns.models import Campaign, Category, EvidenceItem, PackVersion, Stage, Standard
from luodi.journal import actions as journal
from luodi.journal.rules import Actor
from luodi.kit.refusal import Refused
from luodi.kit.sm3 import sm3
from luodi.orgs.actions import register_unit
from luodi.orgs.models import Unit

DAY = timedelta(days=1)


@transaction.atomic
def load_pack(folder: str | Path, *, actor: Actor, at: datetime) -> Campaign:
    """Load a pack folder: the campaign, its stages, categories, and the standards of this version.

    Loading the same content again does nothing. Changed content must carry a higher version, else Refused.
    Standards of earlier versions stay, so running problems keep theirs. The first campaign of a city becomes its
    current one.
    """
    pack = read_pack(folder)
    digest = fingerprint(pack)
    last = PackVersion.objects.select_for_update().filter(pack=pack.code).order_by("-version", "pk").first()
    if last and last.sm3 == digest:
        return Campaign.objects.get(code=pack.campaign.code)
    if last and pack.version <= last.version:
        raise Refused(
            _("pack.yaml：内容已改动，但 version 仍是 %(version)d（已装入第 %(last)d 版），请改为 %(next)d 后再装入。")
            % {"version": pack.version, "last": last.version, "next": last.version + 1}
        )
    version = PackVersion.objects.create(
        pack=pack.code, version=pack.version, sm3=digest, content=pack.content(), loaded_at=at
    )
    campaign = _keep_campaign(pack, last)
    _keep_stages(campaign, pack)
    _add_standards(campaign, pack, version)
    journal.record(
        "campaigns.pack.load", actor=actor, at=at, row=version, label=f"{pack.name} v{pack.version}",
        place=campaign.city.code,
        before={"version": last.version, "sm3": last.sm3} if last else None,
        after={"version": version.version, "sm3": digest},
    )  # fmt: skip
    return campaign


@transaction.atomic
def register_region(folder: str | Path, *, actor: Actor, at: datetime) -> dict[str, Unit]:
    """Enter the units of a pack's sample region (units.yaml), or bring them up to date; the units by code."""
    units: dict[str, Unit] = {}
    for entry in read_units(folder):
        facts = entry.model_dump() | {"parent": units.get(entry.parent or "")}
        units[entry.code] = register_unit(**facts, actor=actor, at=at)
    return units


@transaction.atomic
def open_campaign(campaign: Campaign, *, actor: Actor, at: datetime) -> Campaign:
    """Make a campaign the one its city runs at present; the one before stays and can be opened again."""
    fresh = Campaign.objects.select_for_update(of=("self",)).select_related("city").get(pk=campaign.pk)
    before = Campaign.objects.filter(city=fresh.city, is_current=True).first()
    if before == fresh:
        raise Refused(_("「%(name)s」已经是当前活动。") % {"name": fresh.name})
    Campaign.objects.filter(city=fresh.city, is_current=True).update(is_current=False)
    fresh.is_current = True
    fresh.save(update_fields=["is_current"])
    journal.record(
        "campaigns.campaign.open", actor=actor, at=at, row=fresh, place=fresh.city.code,
        before={"current": before.code} if before else None, after={"current": fresh.code},
    )  # fmt: skip
    return fresh


def fingerprint(pack: Pack) -> str:
    """SM3 of what a pack says; comments and layout of its files do not count."""
    said = json.dumps(pack.content(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sm3(said.encode())


def _keep_campaign(pack: Pack, last: PackVersion | None) -> Campaign:
    """The campaign row as the pack states it."""
    facts = pack.campaign.model_dump(exclude={"code", "city", "last_day"})
    campaign = Campaign.objects.select_for_update(of=("self",)).filter(code=pack.campaign.code).first()
    if last and last.content["campaign"]["code"] != pack.campaign.code:
        raise Refused(_("pack.yaml：活动代码不能由「%(old)s」改为「%(new)s」，新的活动请另建活动包。") % {
            "old": last.content["campaign"]["code"], "new": pack.campaign.code,
        })  # fmt: skip
    if campaign is None:
        city = _city(pack.campaign)
        is_current = not Campaign.objects.filter(city=city, is_current=True).exists()
        campaign = Campaign(code=pack.campaign.code, city=city, pack=pack.code, is_current=is_current)
    elif campaign.pack != pack.code:
        raise Refused(_("pack.yaml：活动代码「%(code)s」已属于活动包「%(pack)s」，请换一个代码。") % {
            "code": campaign.code, "pack": campaign.pack,
        })  # fmt: skip
    elif campaign.city.code != pack.campaign.city:
        raise Refused(_("pack.yaml：活动的城市不能更换，新的城市请另建活动包。"))
    for field, value in facts.items():
        setattr(campaign, field, value)
    campaign.ends_on = pack.campaign.last_day + DAY
    campaign.save()
    return campaign


def _city(entry: CampaignEntry) -> Unit:
    city = Unit.objects.filter(code=entry.city).first()
    if city is None:
        raise Refused(_("pack.yaml：还没有代码为「%(code)s」的城市，请先登记单位，再装入活动包。") % {
            "code": entry.city,
        })  # fmt: skip
    return city


def _keep_stages(campaign: Campaign, pack: Pack) -> None:
    for seq, stage in enumerate(pack.stages, start=1):
        facts = stage.model_dump(include={"name", "name_en", "starts_on"}) | {"ends_on": stage.last_day + DAY}
        Stage.objects.update_or_create(campaign=campaign, seq=seq, defaults=facts)
    Stage.objects.filter(campaign=campaign, seq__gt=len(pack.stages)).delete()


def _add_standards(campaign: Campaign, pack: Pack, version: PackVersion) -> None:
    """One standard for each category of this version, and its evidence items."""
    evidence: list[EvidenceItem] = []
    for seq, (group, entry) in enumerate(_categories(pack), start=1):
        names = {"name": entry.name, "name_en": entry.name_en, "seq": seq}
        groups = {"group_name": group.name, "group_name_en": group.name_en}
        category, _new = Category.objects.update_or_create(campaign=campaign, code=entry.code, defaults=names | groups)
        standard = Standard.objects.create(
            category=category, pack_version=version, source=pack.categories.source, **entry.standard.model_dump()
        )
        evidence += [
            EvidenceItem(standard=standard, seq=place, **one.model_dump())
            for place, one in enumerate(entry.evidence, start=1)
        ]
    EvidenceItem.objects.bulk_create(evidence)


def _categories(pack: Pack) -> Iterator[tuple[GroupEntry, CategoryEntry]]:
    for group in pack.categories.groups:
        for category in group.categories:
            yield group, category
