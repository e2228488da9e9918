"""Long work that somebody asked for and can watch."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已取消")


ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class JobSet(models.QuerySet["Job"]):
    def visible_to(self, person: models.Model) -> JobSet:
        """A job is shown to the person who asked for it and to nobody else: its outcome is made with his rights."""
        return self.filter(owner_id=person.pk)


class Job(models.Model):
    """One piece of long work: asked for, queued, running chunk by chunk, ended.

    Two clocks meet here. `asked_at` is the moment of the records (the demo's clock may stand in 2020); `started_at`,
    `heartbeat_at` and `ended_at` are the machine's own time, because a dead worker is recognised by them.
    """

    PRIVATE: frozenset[str] = frozenset({"title", "params", "outcome", "error"})
    OPEN: frozenset[str] = frozenset(
        {
            *("id", "kind", "task_path", "task_ref", "owner", "state", "done_count", "total_count", "attempts"),
            *("cancel_asked", "asked_at", "started_at", "heartbeat_at", "ended_at"),
        }
    )

    kind = models.CharField(_("种类"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    task_path = models.CharField(_("程序"), max_length=200)
    task_ref = models.CharField(_("队列编号"), max_length=64, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("发起人"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.QUEUED)
    done_count = models.PositiveIntegerField(_("已处理"), default=0)
    total_count = models.PositiveIntegerField(_("总数"), default=0, help_text=_("0 表示还不知道"))
    attempts = models.PositiveSmallIntegerField(_("启动次数"), default=0)
    cancel_asked = models.BooleanField(_("已要求取消"), default=False)
    params = models.JSONField(_("参数"), default=dict)
    outcome = models.JSONField(_("结果"), default=dict)
    error = models.TextField(_("未完成原因"), blank=True)
    asked_at = models.DateTimeField(_("发起时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    heartbeat_at = models.DateTimeField(_("最近活动"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)

    objects = JobSet.as_manager()

    class Meta:
        verbose_name = _("后台任务")
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="jobs_state_beat"),
            models.Index(fields=["owner", "-asked_at", "-id"], name="jobs_owner_newest"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="jobs_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | (~Q(state__in=ENDED) & Q(ended_at__isnull=True)),
                name="jobs_ended_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def url(self) -> str:
        """Where the result is, if the work left one: outcome["url"]."""
        return str(self.outcome.get("url", ""))
