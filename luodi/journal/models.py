"""Entries and the blocks that seal them. No foreign keys: the record stands alone and is never changed."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext as _


class AppendOnly(models.QuerySet):
    """Rows that can be added and read, nothing else."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError(_("日志只能追加，不能修改。"))

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(_("日志只能追加，不能修改。"))

    def delete(self) -> NoReturn:
        raise TypeError(_("日志只能追加，不能删除。"))


class Recorded(models.Model):
    """A row written once."""

    objects = AppendOnly.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a second save is refused."""
        if self.pk is not None:
            raise TypeError(_("日志只能追加，不能修改。"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(_("日志只能追加，不能删除。"))


class Entry(Recorded):
    """One act: who did what to which record, when, and what changed. `facts` are before/after by field name."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=40)
    actor_post = models.CharField(max_length=40, blank=True)
    actor_unit = models.CharField(max_length=60, blank=True)
    verb = models.CharField(max_length=40)
    row_kind = models.CharField(max_length=40, blank=True)
    row_id = models.BigIntegerField(null=True)
    row_label = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=6, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True)

    PRIVATE = frozenset({"address", "before", "after", "reason"})
    OPEN = frozenset("id at actor_id actor_name actor_post actor_unit verb row_kind row_id row_label place".split())

    class Meta:
        indexes = [
            models.Index(fields=["row_kind", "row_id", "-id"], name="entry_by_row"),
            models.Index(fields=["actor_id", "-id"], name="entry_by_actor"),
            models.Index(fields=["-at", "-id"], name="entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.row_label}"


class Block(Recorded):
    """A run of entries sealed together: `seal` = SM3 of the previous seal and of every entry's content in order.

    Entries are named by ranges of ids, because ids may commit out of order on PostgreSQL: `gaps` are ids up to
    `last_entry` that were not there yet; a later block takes them when they appear. `digests` (SM3 of each entry, in
    order of id) let the check name the entry that was changed.
    """

    seq = models.PositiveBigIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    ranges = models.JSONField()
    gaps = models.JSONField(default=list)
    digests = models.JSONField()
    entry_count = models.PositiveIntegerField()
    last_entry = models.BigIntegerField()
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    PRIVATE: frozenset[str] = frozenset()
    OPEN = frozenset("id seq sealed_at ranges gaps digests entry_count last_entry previous seal".split())

    def __str__(self) -> str:
        return f"{self.seq} {self.seal[:8]}"
