"""How often the figure check is right: `python -m tests.prose.measure [PART …] [-v]` (docs/prose.md)."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml

from luodi.prose.check import Finding, Verdict, check

CORPUS = Path(__file__).parent / "corpus"
HALVES = ["tuned", "held_out", "blind", "blind_again", "blind_third"]


@dataclass
class Score:
    """Contradictions found, missed and falsely claimed, by rule; agreements found and missed."""

    hit: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    unconfirmed: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Of the contradictions claimed, the share that are there."""
        return sum(self.hit.values()) / max(sum(self.hit.values()) + sum(self.false.values()), 1)

    @property
    def recall(self) -> float:
        """Of the contradictions that are there, the share found."""
        return sum(self.hit.values()) / max(sum(self.hit.values()) + sum(self.missed.values()), 1)

    @property
    def confirming(self) -> float:
        """Of the claims that are right and can be reckoned, the share confirmed."""
        return sum(self.confirmed.values()) / max(sum(self.confirmed.values()) + sum(self.unconfirmed.values()), 1)


def texts(name: str) -> list[dict[str, Any]]:
    """A part of the corpus."""
    return yaml.safe_load((CORPUS / f"{name}.yaml").read_text())


def _matches(found: Finding, wanted: dict[str, str]) -> bool:
    places = any(span.text == wanted["at"] for span in found.spans)
    return found.rule == wanted["rule"] and found.verdict.value == wanted["verdict"] and places


def measure(entries: Iterable[dict[str, Any]]) -> Score:
    """The score over these texts."""
    score = Score()
    for entry in entries:
        text = entry["text"] if isinstance(entry["text"], list) else [entry["text"]]
        found = check(text, on=entry.get("day"), workday=workday)
        wanted = entry.get("expect", [])
        for one in wanted:
            there = any(_matches(f, one) for f in found)
            right, wrong = (
                (score.hit, score.missed) if one["verdict"] == "contradicts" else (score.confirmed, score.unconfirmed)
            )
            (right if there else wrong)[one["rule"]] += 1
            if not there:
                score.notes.append(f"{entry['id']} 漏 {one}")
        for one in found:
            if one.verdict == Verdict.CONTRADICTS and not any(_matches(one, w) for w in wanted):
                score.false[one.rule] += 1
                score.notes.append(f"{entry['id']} 误 {one.rule} {one.sentence}")
    return score


def workday(day: date) -> bool | None:
    """The announced calendar."""
    return chinese_calendar.is_workday(day) if day.year >= 2010 else None


def table(score: Score) -> str:
    """The score by rule as a table of Markdown."""
    lines = ["| 规则 | 找到的错 | 漏掉的错 | 误报 | 确认的对 | 未确认的对 |", "|---|---|---|---|---|---|"]
    counters = [score.hit, score.missed, score.false, score.confirmed, score.unconfirmed]
    for rule in sorted(set().union(*counters)):
        lines.append(f"| `{rule}` | " + " | ".join(str(counter[rule]) for counter in counters) + " |")
    lines.append("| 合计 | " + " | ".join(str(sum(counter.values())) for counter in counters) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print all parts of the corpus, or those that are named."""
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or HALVES
    for name in names:
        score = measure(texts(name))
        print(f"## {name}: 精确率 {score.precision:.1%}，召回率 {score.recall:.1%}，确认率 {score.confirming:.1%}\n")
        print(table(score), end="\n\n")
        if "-v" in sys.argv:
            print("\n".join(score.notes), end="\n\n")


if __name__ == "__main__":
    main()
