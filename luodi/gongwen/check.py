"""Checks any .docx against GB/T 9704-2012: what is wrong, where, and what to do about it."""

from luodi.gongwen import body_rules, head_rules, page_rules, tail_rules, wording_rules
from luodi.gongwen.anatomy import anatomy
from luodi.gongwen.finding import Finding
from luodi.gongwen.reading import read

RULES = (*page_rules.RULES, *head_rules.RULES, *body_rules.RULES, *tail_rules.RULES, *wording_rules.RULES)
ORDER = {"fail": 0, "warn": 1, "pass": 2}


def check(docx: bytes) -> list[Finding]:
    """Return what each rule says, first what breaks the standard, then what to look at, then what is in order.

    A rule about a part the document does not have says nothing. Unfit, with a sentence for the person, if the file is
    no sound .docx. What only a page shows (where a line or a page ends) is judged from the looks, as Word sets them.
    """
    document = anatomy(read(docx))
    found = [finding for rule in RULES for finding in rule.findings(document)]
    return sorted(found, key=lambda finding: ORDER[finding.severity])
