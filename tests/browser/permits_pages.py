"""Pages of permits to look at: cases in several states, a certificate, a log of another system."""

from datetime import date
from pathlib import Path

from luodi.permits import actions
from tests.permits.window import open_window
from tests.world import World, at

XES = Path(__file__).parent.parent / "eventlogs" / "lifecycle_by_pm4py.xes"


def furnish(city: World) -> dict[str, str]:
    """One simulated, one stopped, one late, one decided with its certificate; a log."""
    open_window(city)
    done = actions.grant(city.case("energy"), actor=city.lin, at=at("2020-05-11"))
    actions.issue(done, code="衡桃节能〔2020〕7号", actor=city.lin, at=at("2020-05-12"))
    late = city.case("water-soil", day="2020-08-10")
    stopped = city.case("verification", day="2020-08-20", accept=True)
    stopped = actions.suspend(stopped, kind="experts", reason="组织专家评审", starts_on=date(2020, 8, 24),
                              actor=city.lin, at=at("2020-08-24"))  # fmt: skip
    simulated = city.case("land-plan", intake="simulated", awaits="签订土地出让合同")
    simulated = actions.opine(simulated, actor=city.tian, at=at("2020-05-11"))
    actions.take_in(city.project, item=city.items["permit"], code="施工一号", valid_from=date(2020, 2, 1),
                    valid_until=date(2020, 4, 30), actor=city.lin, at=at("2020-05-06"))  # fmt: skip
    log = actions.import_events(XES, name="旧系统办件日志", actor=city.li, at=at("2020-08-28"))
    cases = {"done": done, "late": late, "stopped": stopped, "simulated": simulated}
    pages = {f"permit-{name}": f"/permits/{case.pk}/" for name, case in cases.items()}
    return pages | {"log": f"/permits/logs/{log.pk}/", "plan": f"/permits/plan/?project={city.project.pk}"}


def listed(found: dict[str, str]) -> list[tuple[str, ...]]:
    """(name, who, path) or (name, who, path, what is pressed)."""
    return [
        ("permits", "lin", "/permits/"),
        ("permits-en", "li", "/en/permits/?due=late"),
        ("permits-none", "li", "/permits/?q=没有这样的项目"),
        *((name, "lin", found[name]) for name in ("permit-done", "permit-late", "permit-stopped")),
        ("permit-simulated", "tian", found["permit-simulated"]),
        ("permit-convert", "tian", found["permit-simulated"] + "convert/"),
        ("permit-convert-wrong", "tian", found["permit-simulated"] + "convert/", "转为正式决定"),
        ("permit-suspend", "lin", found["permit-late"] + "suspend/"),
        ("permit-issue", "lin", found["permit-done"] + "issue/"),
        ("permit-apply", "lin", "/permits/apply/"),
        ("permit-apply-wrong", "lin", "/permits/apply/", "收件"),
        ("permit-plan", "li", found["plan"]),
        ("permit-time", "li", "/permits/time/"),
        ("permit-time-en", "li", "/en/permits/time/?by=unit"),
        ("certificates", "lin", "/permits/certificates/?v=expiring"),
        ("take-in", "lin", "/permits/certificates/take-in/"),
        ("event-logs", "li", "/permits/logs/"),
        ("event-log", "li", found["log"]),
        ("guide", "", "/permits/guide/"),
        ("guide-item", "", "/permits/guide/land-plan/"),
        ("guide-item-en", "", "/en/permits/guide/land-plan/"),
    ]
