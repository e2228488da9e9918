"""What a check says: which rule, where, what was found, what should be, and what to do."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from luodi.gongwen.anatomy import Anatomy

Severity = Literal["fail", "warn", "pass"]
STANDARD = "GB/T 9704"
MM = 1440 / 25.4  # twips in a millimetre


@dataclass(frozen=True)
class Finding:
    """One result. place is for a person: «第 3 段（一、总体情况）», «页面设置»; name says the rule in Chinese.

    A rule with nothing to say against a document that has the part in question gives one finding "pass".
    """

    rule: str
    clause: str
    severity: Severity
    place: str
    found: str
    expected: str
    remedy: str
    name: str = ""


@dataclass(frozen=True)
class Fault:
    """What a rule's function yields; the rule adds its name and clause."""

    place: str
    found: str
    expected: str
    remedy: str
    severity: Severity = "fail"


@dataclass(frozen=True)
class Rule:
    """One rule: `needs` is the part of the document without which there is nothing to check, "" = always."""

    key: str
    clause: str
    name: str
    faults: Callable[[Anatomy], Iterator[Fault]]
    needs: str = ""

    def findings(self, anatomy: Anatomy) -> Iterator[Finding]:
        """Yield the findings, faults of the same kind joined in one; "pass" if there are none."""
        if self.needs and not getattr(anatomy, self.needs):
            return
        clause = self.clause if "/" in self.clause else f"{STANDARD} {self.clause}"
        faults = _joined(self.faults(anatomy))
        for fault in faults:
            yield Finding(
                self.key, clause, fault.severity, fault.place, fault.found, fault.expected, fault.remedy, self.name
            )
        if not faults:
            yield Finding(self.key, clause, "pass", "全文", "符合", self.name, "", self.name)


def _joined(faults: Iterable[Fault]) -> list[Fault]:
    """Join faults that differ in nothing but their place: «第 3 段（…）等 12 处»."""
    groups: dict[Fault, list[str]] = {}
    for fault in faults:
        groups.setdefault(replace(fault, place=""), []).append(fault.place)
    return [
        replace(fault, place=places[0] if len(places) == 1 else f"{places[0]}等 {len(places)} 处")
        for fault, places in groups.items()
    ]


def mm(twips: float) -> str:
    """Return a length for a person: 37 毫米, 25.4 毫米."""
    return f"{twips / MM:.1f}".removesuffix(".0") + " 毫米"


def size_name(points: float) -> str:
    """Return a size for a person: 3号（16磅）."""
    names: dict[float, str] = {
        42: "初号",
        36: "小初",
        26: "1号",
        24: "小1号",
        22: "2号",
        18: "小2号",
        16: "3号",
        15: "小3号",
        14: "4号",
    }
    names |= {12: "小4号", 10.5: "5号", 9: "小5号"}
    shown = f"{points:g}磅"
    return f"{names[points]}（{shown}）" if points in names else shown


def chars(length: float, char: float) -> str:
    """Return a length in characters for a person: 2字, 1.5字."""
    return f"{length / char:.1f}".removesuffix(".0").replace("-0", "0") + "字"
