"""Every kind of page of the product, with the person who sees it: one city holds them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from luodi.amendments import actions as amendments
from luodi.documents import actions as documents
from luodi.indicators.queries import default_frame
from luodi.intake import actions as intake
from luodi.jobs.models import Job
from luodi.ledger import actions as kept
from luodi.ledger import queries as ledger
from luodi.notices import actions as notices
from luodi.notices.models import Channel
from luodi.orgs import actions as orgs
from luodi.orgs.models import Role
from luodi.problems import actions
from luodi.problems.actions import LineCheck
from luodi.problems.models import Problem, Status
from luodi.proofreading import queries as proofreading
from luodi.proofreading.actions import proofread
from tests.browser import land_pages, permits_pages, projects_pages
from tests.intake import ledgers
from tests.world import World, at

NOW = "2020-08-31"
ON_THE_WAY = (
    "registered",
    "assigned",
    "claimed",
    "planned",
    "rectifying",
    "reported",
    "self_checked",
    "verified",
    "closed",
)


@dataclass(frozen=True)
class Place:
    """One page: what to call it, who looks, where, the status it answers with, and what is pressed there first."""

    name: str
    who: str
    path: str
    status: int = 200
    press: str = ""
    stale: bool = False
    demo: bool = False


def furnish(city: World) -> dict[str, str]:
    """Fill the city; the addresses by name: one problem in each status and whatever else has a page."""
    found = {status: f"/problems/{city.brought_to(status).pk}/" for status in ON_THE_WAY}
    returned = city.check(city.brought_to("self_checked"), at("2020-06-10"), line_2=LineCheck("mismatch", "只有受理单"))
    returned = actions.send_back(returned, reason="账证不符", due_on=None, actor=city.liu, at=at("2020-06-11"))
    found[Status.RETURNED] = f"/problems/{returned.pk}/"
    file = returned.dossier.order_by("seq")[0].evidence.order_by("pk")[0]
    found["withdraw"] = f"/problems/{returned.pk}/evidence/{file.pk}/withdraw/"
    for number in range(50):
        title = f"第{number}号地块土地出让手续滞后，补偿款没有拨付到位"
        city.problem(
            title=title, project_name="北方汽车零部件及新能源客车配套产业园二期项目", found_on=date(2020, 5, 18)
        )
    reopened = city.brought_to("closed")
    actions.reopen(reopened, cause="fake_rectification", reason="现场没有交地", due_on=date(2020, 9, 20),
                   actor=city.liu, at=at("2020-08-20"))  # fmt: skip
    found["person"] = f"/organisation/people/{city.wang.pk}/"
    found["leave"] = f"/organisation/posts/{city.wang.posts.get().pk}/leave/"
    _told(city)
    found |= permits_pages.furnish(city) | projects_pages.furnish(city) | land_pages.furnish(city)
    return found | _sheets(city) | _papers(city) | _many(city) | _proof(city)


def _many(city: World) -> dict[str, str]:
    """A saved view; what came of an act on two problems, one of which refuses."""
    asked = ledger.read(city.li, QueryDict("v=open"), date(2020, 8, 31))
    kept.save_view(asked, name="未销号的", actor=city.li, at=at(NOW))
    rows = Problem.objects.filter(pk__in=[city.brought_to("assigned").pk, city.problem().pk])
    facts = {"act": "assign", "facts": {"due_on": "2020-12-31"}, "key": "k", "actor": city.li, "at": at(NOW)}
    return {"bulk": f"/problems/bulk/{kept.act_on_many(rows, **facts).pk}/"} | _asked(city)


def _asked(city: World) -> dict[str, str]:
    """An application that waits, a draft, a description that was corrected."""
    row = city.brought_to("rectifying")
    wanted = {"new_due_on": date(2020, 11, 30), "reason": "协议还差两户"}
    row = amendments.ask_extension(row, **wanted, actor=city.wang, at=at("2020-06-20"))
    one = row.amendments.get()
    orgs.keep_draft(city.qian, "problems:register", {"title": "电力增容没有落实"}, at=at(NOW))
    differs = city.problem(title="改过的一件", description="宗地组卷完成后7个月未挂牌，" * 6)
    words = {"description": "宗地组卷完成后9个月未挂牌，" + "宗地组卷完成后7个月未挂牌，" * 5}
    actions.revise(differs, words, reason="核实后更正", actor=city.li, at=at("2020-05-19"))
    return {
        "decide": f"/problems/amendments/decide/?row={one.pk}:{row.version}",
        "differs": f"/problems/{differs.pk}/",
    }


def _sheets(city: World) -> dict[str, str]:
    """Four imports of Wang: with errors, without a column, the same mistake thrice, done; and a job."""
    facts = {"campaign": city.campaign, "actor": city.wang, "at": at(NOW)}
    wrong = intake.upload(ledgers.wangs(), name="桃城区项目落地难问题台账（8月）.xlsx", **facts)
    lines = [ledgers.line(n) for n in range(3)]
    short = [line[1:] for line in lines]
    lacking = intake.upload(ledgers.ledger(short, ledgers.HEADERS[1:]), name="缺批次.xlsx", **facts)
    same = ledgers.ledger([ledgers.line(n, 问题类别="征迁", 责任单位="") for n in range(3)])
    same = intake.upload(same, name="同样的错.xlsx", **facts)
    good = intake.upload(ledgers.ledger(lines), name="好的.xlsx", **facts)
    good = intake.run(good, actor=city.wang, at=at(NOW))
    job = Job.objects.create(kind="import", title="导入台账", params={}, owner=city.wang, state="running",
                             done_count=1200, total_count=4200, asked_at=at(NOW),
                             heartbeat_at=at(NOW), started_at=at(NOW))  # fmt: skip
    sheets = {"wrong": wrong, "lacking": lacking, "same": same, "done": good}
    return {name: f"/intake/{row.pk}/" for name, row in sheets.items()} | {"job": f"/jobs/{job.pk}/"}


def _told(city: World) -> None:
    """What happened in these days is told; a group's robot waits for its first message."""
    robot = {"unit": city.units["131102"], "service": Channel.Service.WECOM, "name": "桃城区专班工作群"}
    notices.add_channel(**robot, address="wecombot://0123456789/", kinds=["turn", "urged"], actor=city.li, at=at(NOW))
    notices.spread(at=at("2020-06-01"))
    notices.remind(at=at(NOW))


def _papers(city: World) -> dict[str, str]:
    """A draft, an issued report; somebody's post waiting for approval."""
    facts = {"template": "work-report", "place": "1311", "as_of": date(2020, 8, 31), "actor": city.li, "at": at(NOW)}
    draft, waiting, issued = (documents.draft(city.campaign, **facts) for _n in range(3))
    draft = documents.write_head(draft, title=draft.title, actor=city.li, at=at(NOW))
    documents.submit(waiting, actor=city.li, at=at(NOW))
    circular = {**facts, "template": "circular", "since": date(2020, 8, 15)}
    for one in (issued, gone := documents.draft(city.campaign, **circular)):
        documents.submit(one, actor=city.li, at=at(NOW))
        documents.sign(one, actor=city.zhou, at=at(NOW))
        documents.issue(one, actor=city.li, at=at(NOW))
    documents.withdraw(gone, reason="主送机关有误", actor=city.zhou, at=at(NOW))
    typed = {"key": "b1", "depth": 0, "paragraphs": [("全市共开展督导检查12次。2月30日召开调度会。",)]}
    by_hand = documents.write(documents.draft(city.campaign, **facts), **typed, actor=city.li, at=at(NOW))
    guest = orgs.admit(username="guest", name="马新来", actor=city.wu, at=at(NOW))
    orgs.appoint(guest, city.units["131126-fgj"], Role.CLERK, starts_on=date(2020, 9, 1), actor=city.wu, at=at(NOW))
    papers = {"draft": draft, "issued": issued, "waiting": waiting, "gone": gone, "by_hand": by_hand}
    return {name: f"/documents/{one.pk}/" for name, one in papers.items()}


def _proof(city: World) -> dict[str, str]:
    """A text of Wang's with something right, wrong and open in it."""
    text = "制度61件，其中，新建38件、修订15件、废止10件。74项计划开工，68项开工，开工率91.9%。发现问题1610件。"
    paper = proofreading.paper_from(text)
    frame = default_frame(city.wang, date(2020, 8, 31))
    return {"proof": f"/proofreading/{proofread(paper, frame, actor=city.wang, at=at(NOW)).pk}/"}


def places(found: dict[str, str]) -> Iterator[Place]:
    """Every page to look at."""
    yield Place("sign-in", "", "/sign-in/")
    yield Place("sign-in-demo", "", "/sign-in/", demo=True)
    yield Place("sign-in-wrong", "", "/sign-in/", press="登录")
    yield from _frame()
    yield from _ledger(found)
    yield from _acts(found)
    yield from _import(found)
    yield from _figures(found)
    yield from _changes()
    yield Place("proofs", "wang", "/proofreading/")
    yield Place("proofs-wrong", "wang", "/proofreading/", press="校核")
    yield Place("proof", "wang", found["proof"])
    yield Place("proof-en", "wang", f"/en{found['proof']}?show=contradicts")
    yield from _boards()
    others = [*permits_pages.listed(found), *projects_pages.listed(found), *land_pages.listed(found)]
    for name, who, path, *press in others:
        yield Place(name, who, path, press="".join(press))
    yield from _notices()
    yield from _administration(found)


def _notices() -> Iterator[Place]:
    yield Place("notices", "wang", "/notices/")
    yield Place("notices-none", "he", "/notices/")
    yield Place("notices-en", "chen", "/en/notices/")
    yield Place("preferences", "wang", "/notices/preferences/")
    yield Place("channels", "li", "/notices/channels/")
    yield Place("channel-form", "li", "/notices/channels/new/")
    yield Place("channel-form-wrong", "li", "/notices/channels/new/", press="添加")


def _frame() -> Iterator[Place]:
    for who in ("li", "sun", "wang", "chen", "zhao", "gao", "liu", "he", "zhou", "wu", "zheng", "feng"):
        yield Place(f"home-{who}", who, "/")
    yield Place("home-demo", "li", "/", demo=True)
    yield Place("home-en", "li", "/en/")
    yield Place("packs", "wang", "/packs/")
    yield Place("sessions", "wang", "/sessions/")
    yield Place("tokens", "wang", "/sessions/tokens/")
    yield Place("search", "li", "/search/?q=土地")
    yield Place("help", "li", "/help/")
    yield Place("help-admin", "feng", "/help/")
    yield Place("password", "wang", "/password/")
    yield Place("password-wrong", "wang", "/password/", press="更换密码")
    yield Place("403", "wang", "/journal/", status=403)
    yield Place("404", "gao", "/problems/999999/", status=404)


def _ledger(found: dict[str, str]) -> Iterator[Place]:
    yield Place("ledger", "li", "/problems/?v=all")
    yield Place("ledger-wang", "wang", "/problems/")
    yield Place("ledger-empty", "li", "/problems/?v=all&q=没有这样的问题&status=closed")
    yield Place("ledger-wrong", "li", "/problems/?v=all&found_from=昨天", status=422)
    yield Place("ledger-en", "li", "/en/problems/?v=all")
    yield Place("ledger-all", "li", "/problems/?v=all&pick=all&cols=code&cols=title&cols=handler&cols=responsible")
    yield Place("ledger-print", "li", "/problems/print/?v=all")
    yield Place("views", "li", "/problems/views/?from=v%3Dall")
    yield Place("views-wrong", "li", "/problems/views/?from=v%3Dall", press="保存视图")
    yield Place("bulk", "li", "/problems/bulk/?act=assign&all=1&from=v%3Dall")
    yield Place("bulk-en", "li", "/en/problems/bulk/?act=send_back&all=1&from=v%3Dall")
    yield Place("amendments", "li", "/problems/amendments/")
    yield Place("decide-many", "li", found["decide"])
    yield Place("decide-many-wrong", "li", found["decide"], press="批复这 1 件")
    yield Place("decide-none", "li", "/problems/amendments/decide/")
    yield Place("register-draft", "qian", "/problems/register/")
    yield Place("problem-differs", "li", found["differs"])
    yield Place("figure-in-ledger", "li", "/problems/?figure=problems.open")
    yield Place("bulk-none", "li", "/problems/bulk/?act=urge")
    yield Place("bulk-result", "li", found["bulk"])
    for status in (*ON_THE_WAY, Status.RETURNED):
        yield Place(f"problem-{status}", "wang", found[status])
    for status in ("registered", "planned", "self_checked", "verified", "closed"):
        yield Place(f"problem-{status}-li", "li", found[status] + "?from=v%3Dall")
    yield Place("problem-liu", "liu", found["self_checked"])
    yield Place("problem-he", "he", found["returned"])
    yield Place("problem-en", "li", f"/en{found['returned']}")
    yield Place("dossier", "li", found["returned"] + "dossier/")
    yield Place("register", "wang", "/problems/register/")
    yield Place("register-wrong", "wang", "/problems/register/", press="登记")


def _acts(found: dict[str, str]) -> Iterator[Place]:
    for who, status, act in [
        ("li", "registered", "assign"), ("li", "registered", "revise"), ("wang", "assigned", "decline"),
        ("wang", "assigned", "claim"), ("zhao", "planned", "send-back-plan"), ("wang", "rectifying", "prove"),
        ("wang", "returned", "prove"), ("liu", "self_checked", "check"), ("he", "self_checked", "check"),
        ("sun", "reported", "check"), ("liu", "self_checked", "send-back"), ("liu", "self_checked", "reject"),
        ("liu", "self_checked", "verify"), ("liu", "closed", "reopen"), ("chen", "rectifying", "hand-over"),
    ]:  # fmt: skip
        yield Place(f"{act}-{who}-{status}", who, f"{found[status]}{act}/")
    yield Place("revise-wrong", "li", found["registered"] + "revise/", press="修改登记内容")
    yield Place("check-wrong", "liu", found["self_checked"] + "check/", press="账证核对")
    yield Place("reopen-wrong", "li", found["closed"] + "reopen/", press="重新打开")
    yield Place("file-plan", "wang", found["claimed"] + "file-plan/")
    yield Place("file-plan-stale", "wang", found["claimed"] + "file-plan/", press="报送整改方案", stale=True)
    yield Place("withdraw", "wang", found["withdraw"])


def _import(found: dict[str, str]) -> Iterator[Place]:
    yield Place("intake", "wang", "/intake/")
    yield Place("upload", "wang", "/intake/upload/")
    yield Place("upload-wrong", "wang", "/intake/upload/", press="上传并检查")
    yield Place("intake-wrong", "wang", found["wrong"])
    yield Place("intake-wrong-all", "wang", found["wrong"] + "?all")
    yield Place("intake-lacking", "wang", found["lacking"])
    yield Place("intake-same", "wang", found["same"])
    yield Place("intake-done", "wang", found["done"])
    yield Place("job", "wang", found["job"])


def _figures(found: dict[str, str]) -> Iterator[Place]:
    yield Place("dictionary", "li", "/indicators/")
    yield Place("figure", "li", "/indicators/problems.found/")
    yield Place("rate", "li", "/indicators/problems.closure_rate/")
    yield Place("figure-wrong", "li", "/indicators/problems.found/?as_of=昨天", status=422)
    yield Place("rows", "li", "/indicators/problems.found/rows/")
    yield Place("documents", "li", "/documents/")
    yield Place("draft-form", "li", "/documents/draft/")
    yield Place("draft", "li", found["draft"])
    yield Place("draft-drawer", "li", found["draft"] + "?f=2")
    yield Place("draft-head", "li", found["draft"] + "head/")
    yield Place("draft-head-wrong", "li", found["draft"] + "head/", press="保存", stale=True)
    yield Place("draft-edit", "li", found["draft"] + "edit/")
    yield Place("draft-edit-block", "li", found["draft"] + "edit/?b=b1")
    yield Place("draft-edit-en", "li", "/en" + found["draft"] + "edit/?after=b2")
    yield Place("by-hand", "li", found["by_hand"])
    yield Place("by-hand-drawer", "li", found["by_hand"] + "?h=1")
    yield Place("to-be-signed", "zhou", found["waiting"])
    yield Place("withdrawn-circular", "li", found["gone"])
    yield Place("document-numbers", "li", "/documents/numbers/")
    yield Place("frozen-rows", "li", found["issued"] + "figures/1/rows/")
    yield Place("issued", "zhou", found["issued"])
    yield Place("issued-drawer", "zhou", found["issued"] + "?f=2")


def _boards() -> Iterator[Place]:
    yield Place("dashboard", "zhou", "/dashboard/?since=2020-05-25")
    yield Place("dashboard-overdue", "li", "/dashboard/?tile=overdue&as_of=2020-08-20")
    yield Place("dashboard-county", "sun", "/dashboard/")
    yield Place("dashboard-wrong", "zhou", "/dashboard/?as_of=昨天", status=422)
    yield Place("dashboard-en", "zhou", "/en/dashboard/")
    yield Place("wall", "zhou", "/dashboard/wall/")


def _changes() -> Iterator[Place]:
    yield Place("changes", "li", "/changes/?since=2020-05-15")
    yield Place("changes-none", "gao", "/changes/")
    yield Place("changes-wrong", "li", "/changes/?since=昨天", status=422)
    yield Place("changes-en", "li", "/en/changes/?since=2020-05-15")


def _administration(found: dict[str, str]) -> Iterator[Place]:
    yield Place("organisation", "wu", "/organisation/")
    yield Place("organisation-zheng", "zheng", "/organisation/")
    yield Place("admit", "wu", "/organisation/admit/")
    yield Place("admit-wrong", "wu", "/organisation/admit/", press="登记人员")
    yield Place("appoint", "wu", "/organisation/appoint/")
    yield Place("person", "wu", found["person"])
    yield Place("leave", "wu", found["leave"])
    yield Place("first-password", "wu", f"{found['person']}password/")
    yield Place("close-account", "wu", f"{found['person']}close/")
    yield Place("journal", "feng", "/journal/?verify=1")
