"""Results of `measure.py --json` as the Markdown of docs/performance.md: `benchmarks/table.py A.json B.json …`.

One table for each database with its sizes side by side, then the aims of issue 3 and ui.md 11 held against them.
"""

import json
import sys
from pathlib import Path
from typing import Any

Run = dict[str, Any]
AIM_RATIO, AIM_GROWTH, AIM_ALL, AIM_P95 = 2.0, 1.3, 1000, 300
SMALL, MIDDLE, LARGE = 20_000, 100_000, 1_000_000


def own(one: Run) -> float:
    """Bare SQL and template."""
    return max(float(one["sql"]) + float(one["template"]), 0.01)


def cells(one: Run | None) -> str:
    """Best, bare SQL, template, ratio."""
    if one is None:
        return "| | | "
    return f"{one['best']:,.0f} | {one['sql']:,.0f} | {one['template']:,.0f} | {one['best'] / own(one):.1f}"


def table(runs: list[Run]) -> None:
    """The sizes of one database; behind them how the largest stands to the smallest."""
    known = [{one["name"]: one for one in run["results"]} for run in runs]
    print(f"\n### {runs[0]['vendor']}\n\n| |", end="")
    print("".join(f" {run['size']:,} | SQL | template | ratio |" for run in runs) + " growth |")
    print("|---|" + "--:|" * (4 * len(runs) + 1))
    for name in dict.fromkeys(name for results in known for name in results):
        first, last = known[0].get(name), known[-1].get(name)
        growth = f"{last['best'] / first['best']:.1f}" if first and last and len(runs) > 1 else ""
        print(f"| {name} | " + " | ".join(cells(results.get(name)) for results in known) + f" | {growth} |")


def aims(runs: list[Run]) -> None:
    """What is met and what is not, in numbers."""
    vendor, at = runs[0]["vendor"], {run["size"]: {one["name"]: one for one in run["results"]} for run in runs}
    print(f"\nAims, {vendor}:\n")
    for size, found in at.items():
        pages = {name: one["best"] / own(one) for name, one in found.items() if one["template"]}
        over = [f"{name} {ratio:.1f}" for name, ratio in pages.items() if ratio > AIM_RATIO]
        print(f"- page ≤ {AIM_RATIO:.0f} × its bare SQL + template at {size:,}: "
              f"{len(pages) - len(over)} of {len(pages)}{'; not: ' + ', '.join(over) if over else ''}.")  # fmt: skip
    if SMALL in at and LARGE in at:
        grown = {n: at[LARGE][n]["best"] / one["best"] for n, one in at[SMALL].items()
                 if n.startswith("ledger") and n in at[LARGE]}  # fmt: skip
        over = [f"{name} {ratio:.1f}" for name, ratio in grown.items() if ratio > AIM_GROWTH]
        print(f"- ledger page at {LARGE:,} ≤ {AIM_GROWTH} × that at {SMALL:,}: "
              f"{len(grown) - len(over)} of {len(grown)}{'; not: ' + ', '.join(over) if over else ''}.")  # fmt: skip
    if everything := at.get(LARGE, {}).get("all indicators by county"):
        print(f"- all indicators by county at {LARGE:,} ≤ {AIM_ALL:,} ms: {everything['best']:,.0f}.")
    leading = [one for name, one in at.get(MIDDLE, {}).items() if name.startswith("leader's page")]
    if leading:
        slowest = max(one["p95"] for one in leading)
        print(f"- leader's page at {MIDDLE:,}, 95 of 100 within {AIM_P95} ms: {slowest:,.0f}.")


def main() -> None:
    """Read the files, print tables and aims."""
    runs = [json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:]]
    for vendor in sorted({run["vendor"] for run in runs}):
        mine = sorted((run for run in runs if run["vendor"] == vendor), key=lambda run: run["size"])
        table(mine)
        aims(mine)


if __name__ == "__main__":
    main()
