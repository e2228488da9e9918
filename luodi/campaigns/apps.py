"""Campaigns: what is being cleaned up, by which standards, in which stages; loaded from a campaign pack."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "luodi.campaigns"
    label = "campaigns"
    verbose_name = _("活动")
