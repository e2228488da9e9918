"""What the entries of the journal are called: acts of the tables of acts by their label, the rest by this list."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from django import template
from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from luodi.flow.rules import Flow, Words

register = template.Library()

WORDS: Mapping[str, Words] = {
    "campaigns.campaign.open": _("启用活动"),
    "campaigns.pack.load": _("装入活动包"),
    "documents.draft": _("起草文件"),
    "files.file.damaged": _("发现文件缺失或被改动"),
    "files.file.restore": _("文件已恢复"),
    "finance.balance.tell": _("填报贷款余额"),
    "finance.bank.add": _("登记银行"),
    "finance.bank.offer": _("登记银行产品"),
    "finance.batch.publish": _("发布融资需求"),
    "finance.enter": _("登记融资需求"),
    "finance.total.state": _("录入贷款合计"),
    "intake.batch.run": _("执行导入"),
    "intake.batch.undo": _("撤销导入"),
    "intake.batch.upload": _("上传导入表格"),
    "jobs.job.ask": _("提交后台任务"),
    "jobs.job.cancel": _("取消后台任务"),
    "land.batch.submit": _("申报用地批次"),
    "land.contract.lease": _("登记先租后让合同"),
    "land.lot.enter": _("登记补充耕地项目"),
    "land.zone.count": _("清点储备用地"),
    "land.zone.enter": _("登记开发区"),
    "ledger.bulk": _("批量办理"),
    "ledger.export": _("导出台账"),
    "ledger.view.remove": _("删除视图"),
    "ledger.view.rename": _("视图改名"),
    "ledger.view.save": _("保存视图"),
    "ledger.view.share": _("共享视图"),
    "notices.channel.add": _("添加群通知"),
    "notices.channel.fail": _("群通知没有发出"),
    "notices.channel.send": _("发送群通知"),
    "notices.choose": _("设置通知"),
    "notices.digest.fail": _("每日邮件没有发出"),
    "notices.digest.send": _("发送每日邮件"),
    "orgs.person.admit": _("开设账号"),
    "orgs.person.close": _("停用账号"),
    "orgs.person.email": _("更改邮箱"),
    "orgs.person.lock": _("账号锁定"),
    "orgs.person.open": _("启用账号"),
    "orgs.person.password": _("更换密码"),
    "orgs.person.release": _("解锁账号"),
    "orgs.post.appoint": _("任命岗位"),
    "orgs.post.approve": _("批准岗位"),
    "orgs.post.leave": _("离岗"),
    "orgs.post.turn_down": _("不批准岗位"),
    "orgs.session.end": _("退出登录"),
    "orgs.session.start": _("登录"),
    "orgs.token.issue": _("签发令牌"),
    "orgs.token.revoke": _("收回令牌"),
    "orgs.unit.register": _("登记单位"),
    "orgs.unit.update": _("更改单位"),
    "permits.apply": _("收件"),
    "permits.import_events": _("导入办件日志"),
    "permits.keep_certificate": _("证照入库"),
    "permits.load_items": _("装入事项目录"),
    "problems.evidence.read": _("查看限阅材料"),
    "problems.evidence.refuse": _("查看限阅材料被拒"),
    "problems.register": _("登记问题"),
    "proofreading.check": _("校核文稿"),
    "proofreading.discard": _("删除校核的文稿"),
    "progress.sheet.run": _("按月报填报进度"),
    "progress.sheet.upload": _("上传月报"),
    "projects.definition.load": _("装入项目指标目录"),
    "projects.enter": _("项目入库"),
    "projects.figure.publish": _("公布项目数字"),
    "projects.report": _("填报项目进度"),
    "sample.city.build": _("生成样本城市"),
    "workdays.calendar.announce": _("公布工作日历"),
    "workdays.calendar.seed": _("装入工作日历"),
}


@cache
def _flows() -> Mapping[str, Flow]:
    """Every table of acts, by what its entries begin with."""
    found: dict[str, Flow] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("luodi.") and module_has_submodule(config.module, "rules"):
            named = vars(import_module(f"{config.name}.rules")).values()
            found |= {value.model: value for value in named if isinstance(value, Flow)}
    return found


@register.filter
def act_words(verb: str) -> str:
    """What an act is called; a verb nobody has named shows itself."""
    if verb in WORDS:
        return str(WORDS[verb])
    model, _dot, name = verb.rpartition(".")
    flow = _flows().get(model)
    return str(flow.acts[name].label) if flow and name in flow.acts else verb


def verbs_called(words: str) -> list[str]:
    """The verbs whose words hold these."""
    named = [*WORDS, *(f"{model}.{name}" for model, flow in _flows().items() for name in flow.acts)]
    return [verb for verb in named if words in act_words(verb)]
