"""Stories of a pack: Li of the campaign office writes it, the platform reads, loads and keeps its versions."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from django.utils import timezone, translation

from luodi.campaigns import actions, queries
from luodi.campaigns.forms import read_pack, read_units
from luodi.campaigns.models import Campaign, Category, EvidenceItem, PackVersion, Standard
from luodi.campaigns.rules import figure_codes
from luodi.journal.models import Entry
from luodi.journal.rules import SYSTEM
from luodi.kit.refusal import Refused
from luodi.orgs import actions as orgs
from luodi.orgs.models import Unit

PACKS = Path(__file__).parents[2] / "packs"
AT = timezone.make_aware(datetime(2020, 4, 28, 9))


@pytest.fixture
def city(db) -> Unit:
    province = orgs.register_unit(code="13", name="河北省", kind="province", actor=SYSTEM, at=AT)
    return orgs.register_unit(code="1311", name="衡水市", kind="city", parent=province, actor=SYSTEM, at=AT)


@pytest.fixture
def draft(tmp_path) -> Path:
    """A copy of the pack that a test may change."""
    return Path(shutil.copytree(PACKS / "project-landing", tmp_path / "pack"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def load(folder: Path) -> Campaign:
    return actions.load_pack(folder, actor=SYSTEM, at=AT)


def refusal(folder: Path) -> str:
    with pytest.raises(Refused) as why:
        read_pack(folder)
    return str(why.value)


# ── loading ──


def test_loading_gives_the_city_its_campaign(city):
    campaign = load(PACKS / "project-landing")
    assert queries.current("1311") == campaign
    assert (campaign.base_prefix, campaign.new_prefix) == ("2020", "N2020")
    assert campaign.batch_label("base") == "2020年专项清理(原有)"
    assert (campaign.starts_on, campaign.last_day) == (date(2020, 4, 28), date(2020, 8, 31))
    assert [stage.seq for stage in campaign.stages.order_by("seq")] == [1, 2, 3]
    assert queries.stage_on(campaign, date(2020, 8, 31)).name == "明察暗访、综合评估"
    assert queries.stage_on(campaign, date(2020, 9, 1)) is None
    entry = Entry.objects.get(verb="campaigns.pack.load")
    assert (entry.place, entry.after["version"]) == ("1311", 1)


def test_every_category_has_a_standard_and_evidence(city):
    campaign = load(PACKS / "project-landing")
    standards = queries.standards_in_force(campaign)
    assert len(standards) == Category.objects.filter(campaign=campaign).count() == 15
    land = next(one for one in standards.values() if one.category.code == "factor.land")
    assert str(land.category) == "要素 · 用地"
    assert str(land) == "《项目落地难问题清理整改“回头看”工作质量办法》第三类第2项"
    assert land.evidence.order_by("seq").first().papers == "国有建设用地使用权出让合同"
    assert all(3 <= one.evidence.count() <= 6 for one in standards.values())
    assert not EvidenceItem.objects.filter(aspect="accountability", restricted=False).exists()


def test_choices_are_grouped_and_speak_english(city):
    campaign = load(PACKS / "project-landing")
    choices = queries.category_choices(campaign)
    assert [group for group, _members in choices][:3] == ["审批", "服务", "政策兑现"]
    assert [label for _pk, label in choices[0][1]][:2] == ["审批 · 立项", "审批 · 规划"]
    with translation.override("en"):
        assert queries.category_choices(campaign)[0][1][3][1] == "Approvals · Construction permit"
        assert campaign.batch_label("new") == "Newly found in 2020"


def test_loading_twice_changes_nothing(city, draft):
    first = load(draft)
    change(draft, "pack.yaml", "# 三个阶段", "# 注释和空行不算内容\n\n# 三个阶段")
    assert load(draft) == first
    assert PackVersion.objects.count() == 1
    assert Entry.objects.filter(verb="campaigns.pack.load").count() == 1


def test_changed_content_needs_a_higher_version(city, draft):
    load(draft)
    change(draft, "categories.yaml", "deadline_days: 30", "deadline_days: 25")
    with pytest.raises(Refused, match=r"version 仍是 1.*请改为 2"):
        load(draft)
    assert PackVersion.objects.count() == 1


def test_a_running_problem_keeps_its_standard(city, draft):
    campaign = load(draft)
    category = Category.objects.get(code="factor.land")
    old = queries.standards_in_force(campaign)[category.pk]
    change(draft, "categories.yaml", "deadline_days: 30\n          deadline_unit: working_day\n          text: 用地",
           "deadline_days: 25\n          deadline_unit: working_day\n          text: 用地")  # fmt: skip
    change(draft, "pack.yaml", "version: 1", "version: 2")
    assert load(draft) == campaign
    new = queries.standards_in_force(campaign)[category.pk]
    assert (new.deadline_days, new.pack_version.version) == (25, 2)
    old.refresh_from_db()
    assert (old.deadline_days, old.evidence.count()) == (30, 5)
    assert Category.objects.count() == 15


def test_a_dropped_category_stays_for_its_problems_but_is_no_longer_offered(city, draft):
    campaign = load(draft)
    text = (draft / "categories.yaml").read_text()
    (draft / "categories.yaml").write_text(text[: text.index("  - code: other\n")])
    change(draft, "pack.yaml", "version: 1", "version: 2")
    load(draft)
    assert Category.objects.filter(code="other").exists()
    assert "other" not in [category.code for category in queries.categories(campaign)]


def test_a_refused_load_leaves_nothing_behind(db):
    with pytest.raises(Refused, match="请先登记单位"):
        load(PACKS / "project-landing")
    assert not PackVersion.objects.exists()
    assert not Campaign.objects.exists()


def test_a_campaign_code_belongs_to_one_pack(city, draft):
    load(draft)
    change(draft, "pack.yaml", "code: project-landing\n", "code: something-else\n")
    with pytest.raises(Refused, match="已属于活动包「project-landing」"):
        load(draft)


def test_a_pack_keeps_its_campaign_code(city, draft):
    load(draft)
    change(draft, "pack.yaml", "code: project-landing-2020", "code: project-landing-2021")
    change(draft, "pack.yaml", "version: 1", "version: 2")
    with pytest.raises(Refused, match="新的活动请另建活动包"):
        load(draft)


def test_fewer_stages_in_the_next_version(city, draft):
    campaign = load(draft)
    text = (draft / "pack.yaml").read_text()
    third = text[text.index("  - name: 明察暗访") : text.index("settings:")]
    (draft / "pack.yaml").write_text(text.replace(third, "\n").replace("version: 1", "version: 2"))
    load(draft)
    assert campaign.stages.count() == 2


# ── a second campaign needs no code ──


def test_two_packs_side_by_side(city):
    landing, bidding = load(PACKS / "project-landing"), load(PACKS / "bidding")
    assert queries.current("1311") == landing
    assert len(queries.categories(bidding)) == 3
    assert len(queries.categories(landing)) == 15
    assert queries.settings(bidding).blue_working_days == 5
    assert str(queries.settings(landing).sampling_ratio) == "0.2"
    assert queries.document_templates(bidding) == {}
    actions.open_campaign(bidding, actor=SYSTEM, at=AT)
    assert queries.current("1311") == bidding
    with pytest.raises(Refused, match="已经是当前活动"):
        actions.open_campaign(bidding, actor=SYSTEM, at=AT)


def test_the_work_report_comes_with_the_pack(city):
    report = queries.document_templates(load(PACKS / "project-landing"))["work-report"]
    assert report.title == "关于开展项目落地难问题整改“回头看”情况的报告"
    assert report.kind == "报告"
    assert "problems.found" in figure_codes(report.text)
    assert "### 强化措施执行，真查实改" in report.text


# ── what is wrong is named with file, line, place and remedy ──


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("pack.yaml", 'city: "1311"', "city: 1311", "第 12 行（campaign → city）：「1311」应为文字，请给它加上引号"),
        ("pack.yaml", "  base_year: 2020\n", "", "（campaign → base_year）：缺少「base_year」"),
        (
            "pack.yaml",
            "screening_from:",
            "screening_form:",
            "「screening_form」，是不是想写「screening_from」？",
        ),
        ("pack.yaml", "last_day: 2020-05-31", "last_day: 2020-05-32", "没有「2020-05-32」这一天"),
        ("pack.yaml", "last_day: 2020-05-31", "last_day: 五月底", "「五月底」不是日期，请写成 2020-04-28 的样子"),
        ("pack.yaml", "last_day: 2020-05-31", "last_day: 2020-06-02", "在「动员部署、自查自纠」结束之前就开始"),
        ("pack.yaml", "last_day: 2020-05-31", "last_day: 2020-04-01", "last_day 早于 starts_on"),
        ("pack.yaml", "new_prefix: N2020", 'new_prefix: "2020"', "两批问题的编号会重复"),
        ("pack.yaml", "version: 1", "version: 1\nversion: 2", "第 5 行：「version」写了两次"),
        ("pack.yaml", "version: 1", "version: 0", "「0」太小"),
        ("pack.yaml", "stages:\n", "stages:\n\t- x\n", "pack.yaml 第 28 行：YAML 写法有误"),
        ("pack.yaml", "0.20", "20%", "「20%」不是数字"),
        ("pack.yaml", "yellow_working_days: 0", "yellow_working_days: 9", "黄灯比蓝灯更近到期"),
        ("pack.yaml", "starts_on: 2020-04-28 ", "starts_on: 2020-05-28 ", "阶段的日期超出了活动的起止日期"),
        (
            "categories.yaml",
            "deadline_unit: working_day",
            "deadline_unit: weeks",
            "只能是：'working_day'、'calendar_day'",
        ),
        ("categories.yaml", "restricted: true, ", "", "第 4 项「对超期环节责任人处理」）：问责追责材料含个人处理情况"),
        ("categories.yaml", "code: approval.eia", "code: land.eia", "请写成「approval.……」"),
        ("categories.yaml", "code: platform", "code: reply", "代码「reply」出现了两次"),
        ("templates/work-report.md.j2", "{%- endmacro -%}", "", "模板语法有误"),
        ("templates/work-report.md.j2", "place_name", "city_name", "正文用了不认识的名称「city_name」"),
        ("templates/work-report.md.j2", "as_of|cn", "as_of|chinese", "不认识的过滤器「chinese」"),
        ("templates/work-report.md.j2", "kind: 报告", "kind: 汇报", "templates/work-report.md.j2 第 5 行（kind）"),
        ("templates/work-report.md.j2", "---\n", "", "开头应有两行“---”"),
    ],
)
def test_errors_name_place_and_remedy(draft, file, old, new, sentence):
    change(draft, file, old, new)
    assert sentence in refusal(draft)


def test_a_missing_standard_is_named_with_its_category(draft):
    text = (draft / "categories.yaml").read_text()
    start = text.index("        standard:\n", text.index("code: approval.eia"))
    (draft / "categories.yaml").write_text(text[:start] + text[text.index("        evidence:\n", start) :])
    assert "第 1 项「审批」 → categories → 第 3 项「环评」 → standard）：缺少「standard」" in refusal(draft)


def test_all_errors_of_all_files_come_at_once(draft):
    change(draft, "pack.yaml", "version: 1\n", "")
    change(draft, "categories.yaml", "name_en: Approvals", "name_en:")
    (draft / "templates" / "circular.md.j2").write_text("没有抬头")
    files = [line.split(" ")[0] for line in refusal(draft).splitlines()]
    assert files == ["pack.yaml", "categories.yaml", "templates/circular.md.j2"]


def test_missing_files_and_folders(draft):
    with pytest.raises(Refused, match="找不到活动包文件夹"):
        read_pack(draft / "nowhere")
    (draft / "categories.yaml").unlink()
    (draft / "pack.yaml").write_bytes("名称".encode("gbk"))
    assert refusal(draft) == (
        "pack.yaml：不是 UTF-8 编码，请用 UTF-8 另存\ncategories.yaml：缺少这个文件，请补上（写法见 docs/packs.md）"
    )


def test_two_documents_of_one_name(draft):
    shutil.copy(draft / "templates" / "work-report.md.j2", draft / "templates" / "copy.md.j2")
    assert "代码「work-report」出现了两次" in refusal(draft)


def test_an_empty_file(draft):
    (draft / "pack.yaml").write_text("")
    assert "pack.yaml（code）：缺少「code」" in refusal(draft)


# ── the sample region ──


def test_units_come_parents_first_in_the_official_order(db):
    units = read_units(PACKS / "project-landing")
    known: dict[str | None, Unit | None] = {None: None}
    for unit in units:
        facts = unit.model_dump(exclude={"parent"})
        known[unit.code] = orgs.register_unit(parent=known[unit.parent], actor=SYSTEM, at=AT, **facts)
    counties = [unit for unit in units if unit.kind == "county"]
    assert len(counties) == len({(unit.tile_col, unit.tile_row) for unit in counties}) == 13
    assert [unit.short_name for unit in counties][-2:] == ["高新区", "滨湖新区"]
    assert known["131171-fgj"].name == "高新区经济发展局"
    assert known["131102-fgj"].short_name == "桃城区发改局"
    assert Unit.objects.get(code="131102-fgj").county_code == "131102"


def test_units_errors_are_named(tmp_path):
    shutil.copy(PACKS / "project-landing" / "units.yaml", tmp_path)
    change(tmp_path, "units.yaml", 'code: "131103"', 'code: "131102"')
    with pytest.raises(Refused, match=r"units\.yaml.*代码「131102」出现了两次"):
        read_units(tmp_path)
    change(tmp_path, "units.yaml", 'code: "131102"', 'code: "130102"')
    with pytest.raises(Refused, match="不在本市之下"):
        read_units(tmp_path)


def test_a_standard_cannot_be_lost_under_its_problems(city):
    """The rows a problem points at are protected: the versions stay."""
    load(PACKS / "bidding")
    assert Standard._meta.get_field("pack_version").remote_field.on_delete.__name__ == "PROTECT"
