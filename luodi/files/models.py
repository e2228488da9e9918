"""Stored bytes. A file is known by the SM3 of its content; its name belongs to whoever attached it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """Bytes kept once, however often they were uploaded, in the storage called "evidence".

    The row is written after the bytes, so that a row never promises what was not kept. Who may fetch the bytes is
    decided by the module that attached them; there is no route by SM3.
    """

    PRIVATE: frozenset[str] = frozenset()
    OPEN: frozenset[str] = frozenset({"id", "sm3", "kind", "byte_count", "stored_at", "damaged_on"})

    sm3 = models.CharField(_("SM3 校验值"), max_length=64, unique=True)
    kind = models.CharField(_("内容类型"), max_length=100, help_text=_("按内容识别的 MIME 类型"))
    byte_count = models.BigIntegerField(_("字节数"))
    stored_at = models.DateTimeField(_("存入时间"))
    damaged_on = models.DateField(_("发现损坏日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("文件")
        constraints = [models.CheckConstraint(condition=models.Q(byte_count__gt=0), name="files_stored_not_empty")]

    def __str__(self) -> str:
        return self.sm3[:12]

    @property
    def path(self) -> str:
        """Where the bytes lie inside the storage: ab/cd/<sm3>, so that no folder grows too long."""
        return f"{self.sm3[:2]}/{self.sm3[2:4]}/{self.sm3}"
