"""The sums of all places as a spreadsheet."""

from collections.abc import Sequence
from typing import IO

from django.utils.translation import gettext as _

from luodi.changes.rules import SUM, PlaceChanges
from luodi.kit import spreadsheets


def write(target: IO[bytes], places: Sequence[PlaceChanges], heading: Sequence[str]) -> int:
    """One row a place, the whole last; the number of rows written. A figure that is not known stays blank."""
    columns = [spreadsheets.Column(_("县市区"), 16)]
    columns += [spreadsheets.Column(str(line.label), 12, "integer") for line in SUM]
    rows = ([one.label, *(change.answer.value for change in one.changes)] for one in places)
    foot = [_("期初未销号＋新增＋重新打开－销号－并案－作废＝期末未销号")]
    title = _("变化")
    return spreadsheets.write(target, title, columns=columns, rows=rows, heading_lines=heading, foot_lines=foot)
