"""The work report of the seed: identities confirmed, anomalies found (domain.md 5.2, 5.3), nothing else claimed."""

from datetime import date

import pytest

from luodi.prose.check import Verdict, check
from tests.prose.measure import workday

ON = date(2020, 8, 31)
FIRST = (
    "2020年发现的1610件问题和2020年新发现的10件问题已全部完成整改,项目落地率达到98%,有力推进了固定资产投资稳定增长,固定资产投资完成"
    "同比增长连续几个月稳定在6%以上,1-8月,全市固定资产投资完成同比增长6.8%,位居全省第五位。138项省市重点开工项目完成投资255.9亿元,"
    "占年投资计划85.2%;74项计划开工项目68项实现开工建设,开工率91.9%;102项省市推进前期项目,15项提前开工建设,完成投资9.9亿元。"
)
MEETINGS = (
    "4月28日召开党组专题会议，传达省市工作会议精神。4月30日，印发《关于认真落实4月28日省项目落地难问题清理整改“回头看”视频会议精神的通知》。"
    "5月23日召开各县市区和市直责任部门项目落地难问题清理整改“回头看”推进暨培训会议,对全市工作进行再部署。5月30日召开党组会议。"
    "5月31日召开各县市区再次研讨和部署项目落地难问题整改“回头看”相关工作会议。"
    "7月12日召开各县市区和市直责任部门项目落地难问题整改“回头看”阶段总结暨推进“回头看”“大起底”工作协调(调度)会,"
    "会上听取各单位汇报、安排部署7月份主要工作、讨论研究《推进做好项目落地难问题清理整改“回头看”交叉互查、明察暗访工作方案》等事项。"
)
DISPATCH = (
    "5月18日召开会议调度问题整改和报表质量;5月23日通过“回头看”推进暨培训会议,再部署、再培训;6月19日结合问题报表,由各县市区进行阶段"
    "工作情况汇报;7月13日,召开工作协调(调度)会,听取市直部门和各县市区汇报,调度阶段工作情况和安排交叉互查明察暗访等工作。"
)
EVALUATION = (
    "先后组成17个将近70人交互检查和明察暗访工作组,对各县市区按照工作组织落实、问题清理整改、数据统计报送、工作制度建立、信息上报、"
    "典型案例曝光、促进项目落地等7个方面进行综合评估。分10批次累计上报信息14条。"
)
BLAME = (
    "2020年发现的1610件问题全部按照《整改标准和分类处理意见》完成整改,追责595人,其中,纪律处分3人、其他592人;问责6人;"
    "2020年新发现的问题10件,均按照规定,全部完成整改,追责7人。"
)
LOANS = (
    "截至2020年6月末,XX辖内银行业金融机构重点项目贷款投放余额162.77亿元,较年初增加17.95亿元,其中,京津冀协同相关项目贷款73.21亿元,"
    "国家级重点项目2.74亿元,省级重点项目30.93亿元,地市及以下重点项目23.50亿元。累计发布136项重点项目、182家骨干企业融资需求,"
    "涉及金额324.48亿元,实现授信225亿元。"
)
RULES = (
    "截止到8月13日,累计新建、修改、废止、保留制度232件,其中,新建制度146件、修订制度14件、保留制度65件、废止制度7件,"
    "有效规范了建设项目落地。"
)
REPORT = [
    FIRST,
    "一、主要做法",
    MEETINGS,
    DISPATCH,
    "按照《通报》(冀清办[2020]14号)精神和市专项办部署。",
    EVALUATION,
    BLAME,
    LOANS,
    RULES,
    "四、下一阶段主要工作",
]


@pytest.fixture(scope="module")
def found():
    return check(REPORT, on=ON, workday=workday)


def _at(found, text, rule):
    return next(f for f in found if f.rule == rule and any(s.text == text for s in f.spans))


@pytest.mark.parametrize(
    ("text", "rule", "computation"),
    [
        ("232件", "sum", "146 + 14 + 65 + 7 = 232件"),
        ("595人", "sum", "3 + 592 = 595人"),
        ("91.9%", "rate", "68项 ÷ 74项 = 91.892% ≈ 91.9%"),
        ("7个", "named", "列出 7 个名称"),
        ("1610件", "repeat", "1610件"),
        ("5月23日", "event", "5月23日 = 5月23日"),
    ],
)
def test_what_agrees_is_confirmed(found, text, rule, computation):
    one = _at(found, text, rule)
    assert (one.verdict, one.computation) == (Verdict.AGREES, computation)


def test_the_loans_do_not_make_the_whole_but_may(found):
    """A18: allowed by 其中, so undecided; the gap is named."""
    one = _at(found, "162.77亿元", "sum")
    assert one.verdict == Verdict.UNDECIDED
    assert "73.21 + 2.74 + 30.93 + 23.50 = 130.38亿元" in one.computation
    assert "缺口32.39亿元" in one.sentence


def test_the_coordination_meeting_has_two_dates(found):
    """A7."""
    one = _at(found, "7月12日", "event")
    assert one.verdict == Verdict.CONTRADICTS
    assert [s.text for s in one.spans] == ["7月12日", "7月13日"]


def test_the_plan_that_the_text_does_not_name_is_inferred_only(found):
    """255.9 ÷ 85.2 % is no round 300."""
    one = _at(found, "85.2%", "share")
    assert one.verdict == Verdict.UNDECIDED
    assert "300.35亿元" in one.sentence


def test_meetings_on_days_of_rest_are_asked_about(found):
    """A6: in 2020 these were Saturdays and Sundays."""
    days = [f.spans[0].text for f in found if f.rule == "restday"]
    assert days == ["5月23日", "5月30日", "5月31日", "7月12日"]


def test_the_cut_offs_differ(found):
    """A3."""
    assert next(f for f in found if f.rule == "cutoff").computation == "2020年6月末、8月13日"


def test_the_brackets_of_the_number_are_wrong(found):
    """A12."""
    assert "〔2020〕" in _at(found, "冀清办[2020]14号", "notation").sentence


def test_the_last_chapter_is_empty(found):
    """A19."""
    assert next(f for f in found if f.rule == "empty").spans[0].text == "四、下一阶段主要工作"


def test_nothing_else_is_contradicted(found):
    """A2 (98 % beside all), A4 (138, 136), A11 (17个近70人), A14 (595, 6, 7): different things, no contradiction."""
    assert sorted(f.rule for f in found if f.verdict == Verdict.CONTRADICTS) == ["event", "notation"]


@pytest.mark.parametrize(
    "text",
    [
        "交办信访件4721件，其中属实3976件、不属实745件。",
        "属实3976件，其中已办结3758件、正在办理218件。",
        "属实3976件，已办结3758件，办结率94.52%。",
        "受理信访件809件，其中甲类372件、乙类75件、丙类350件、丁类12件。",
        "检查点位1552个，整改点位1413个，整改率91%。",
        "完成投资376.24亿元，占年计划275亿元的136.8%。",
        "地块814.97公顷（折合12224.55亩）。",
        "贷款余额162.77亿元，年初144.82亿元，较年初增加17.95亿元。",
        "融资需求324.48亿元，授信225亿元，占融资需求324.48亿元的69.3%。",
    ],
)
def test_identities_known_from_elsewhere_hold(text):
    """domain.md 5.2."""
    assert Verdict.CONTRADICTS not in {f.verdict for f in check([text])}


def test_loans_told_as_all_there_is_contradict():
    text = "贷款余额162.77亿元，分为：京津冀协同73.21亿元、国家级2.74亿元、省级30.93亿元、地市及以下23.50亿元。"
    assert [f.verdict for f in check([text])] == [Verdict.CONTRADICTS]


def test_without_a_year_and_a_calendar_nothing_is_claimed_of_days():
    found = check(["7月12日（星期日）召开推进会。7月13日（工作日）印发。"])
    assert [(f.rule, f.verdict) for f in found] == [("weekday", Verdict.UNDECIDED)]
