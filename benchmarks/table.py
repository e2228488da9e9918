"""Set results of `measure.py --json` beside each other as Markdown: `benchmarks/table.py A.json B.json …`."""

import json
import sys
from pathlib import Path
from typing import Any


def cells(one: dict[str, Any] | None) -> str:
    """Best, bare SQL, template, ratio."""
    if one is None:
        return "| | | |"
    own = one["sql"] + one["template"]
    return f"{one['best']:,.0f} | {one['sql']:,.0f} | {one['template']:,.0f} | {one['best'] / max(own, 0.01):.1f} "


def main() -> None:
    """Print one table for each database, sizes side by side."""
    runs = [json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:]]
    for vendor in dict.fromkeys(run["vendor"] for run in runs):
        mine = sorted((run for run in runs if run["vendor"] == vendor), key=lambda run: run["size"])
        print(f"\n### {vendor}\n\n| |" + "".join(f" {run['size']:,} | SQL | template | ratio |" for run in mine))
        print("|---|" + "--:|" * 4 * len(mine))
        known = [{one["name"]: one for one in run["results"]} for run in mine]
        for name in dict.fromkeys(name for results in known for name in results):
            print(f"| {name} | " + "| ".join(cells(results.get(name)) for results in known) + "|")


if __name__ == "__main__":
    main()
