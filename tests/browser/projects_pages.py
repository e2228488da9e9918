"""Pages of projects to look at: one on its way, one landed, a monthly sheet with errors and one that was told."""

from datetime import date
from decimal import Decimal

from luodi.progress import actions as progress
from luodi.projects import actions
from tests.progress.offices import line, table
from tests.projects.records import stock
from tests.world import World, at


def furnish(city: World) -> dict[str, str]:
    """Two projects with months; the addresses by name."""
    stock(city)
    late = city.project(name="新材料中试基地", owner_code="911101080828461726")
    done = city.told(city.project(name="装配式建筑产业园", list_kind="construction"), {1: 900, 2: 2000})
    for kind, day in (("filed", "2020-02-12"), ("land", "2020-02-20"), ("started", "2020-04-20")):
        done = actions.reach(done, kind=kind, planned_on=date(2020, 2, 10), reached_on=date.fromisoformat(day),
                             actor=city.wang, at=at("2020-08-28"))  # fmt: skip
    done = actions.correct(done, month_on=date(2020, 2, 1), amount=Decimal(1000), reason="多报", actor=city.wang,
                           at=at("2020-08-28"))  # fmt: skip
    done = actions.land(done, landed_on=date(2020, 4, 20), actor=city.li, at=at("2020-08-28"))
    actions.stall(late, reason="用地指标没有落实", actor=city.wang, at=at("2020-08-28"))
    figure = actions.publish(
        {"series": "fai_growth", "month_on": date(2020, 7, 1), "amount": Decimal("6.5"),
         "published_on": date(2020, 8, 15), "source": "市统计局《7月份经济运行快报》"},
        city_code="1311", actor=city.li, at=at("2020-08-28"),
    )  # fmt: skip
    facts = {"unit": city.units["131102"], "actor": city.wang, "at": at("2020-08-28")}
    wrong = table(line(1, late, "约70", 70), line(2, done, 50, 1951), ["合计", None, None, None, 99, None, None, None])
    right = table(line(1, late, 0, 0), title="1月")
    wrong = progress.upload(wrong, name="三月.xlsx", month_on=date(2020, 3, 1), **facts)
    right = progress.upload(right, name="一月.xlsx", month_on=date(2020, 1, 1), **facts)
    right = progress.run(right, actor=city.wang, at=at("2020-08-28"))
    return {
        "project-late": f"/projects/{late.pk}/", "project-done": f"/projects/{done.pk}/",
        "published": f"/projects/figures/{figure.pk}/", "monthly-wrong": f"/projects/monthly/{wrong.pk}/",
        "monthly-done": f"/projects/monthly/{right.pk}/", "of-project": f"/problems/of-project/{late.pk}/",
    }  # fmt: skip


def listed(found: dict[str, str]) -> list[tuple[str, ...]]:
    """(name, who, path) or (name, who, path, what is pressed)."""
    late, done = found["project-late"], found["project-done"]
    acts = [("li", name) for name in ("plan", "reach", "amend")] + [("wang", name) for name in ("report", "correct")]
    return [
        ("library", "li", "/projects/"),
        ("library-wang", "wang", "/projects/?stands=behind"),
        ("library-none", "li", "/projects/?q=没有这样的项目"),
        ("library-en", "zhou", "/en/projects/"),
        ("project-late", "wang", late),
        ("project-done", "li", done),
        ("project-en", "li", f"/en{done}"),
        *((f"project-{name}", who, f"{done}{name}/") for who, name in acts),
        ("project-resume", "wang", f"{late}resume/"),
        ("project-report-wrong", "wang", f"{done}report/", "填报月度进度"),
        ("project-enter", "wang", "/projects/enter/"),
        ("project-enter-wrong", "wang", "/projects/enter/", "新增项目"),
        ("figures", "li", "/projects/figures/"),
        ("published", "wang", found["published"]),
        ("publish-wrong", "li", "/projects/figures/publish/", "录入"),
        ("of-project", "wang", found["of-project"]),
        ("monthly", "wang", "/projects/monthly/"),
        ("monthly-upload", "wang", "/projects/monthly/upload/"),
        ("monthly-wrong", "wang", found["monthly-wrong"]),
        ("monthly-all", "wang", found["monthly-wrong"] + "?all"),
        ("monthly-done", "wang", found["monthly-done"]),
    ]
