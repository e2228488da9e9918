"""Passwords, names and codes: strings to clean values."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from luodi.orgs.models import Person

KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]")


class ThreeKindsValidator:
    """At least three of: small letters, capitals, digits, other signs (GB/T 22239 8.1.4.1, domain.md 6.1)."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Refuse a password with fewer kinds of character."""
        if sum(bool(re.search(kind, password)) for kind in KINDS) < 3:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("密码至少要有小写字母、大写字母、数字、其他符号中的三种。")
