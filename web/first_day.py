"""A first day for each role: what to do in which order, and where."""

from dataclasses import dataclass

from web.access.rights import Role


@dataclass(frozen=True)
class Step:
    """Something to do, and the page where it is done."""

    words: str
    title: str  # of the page
    endpoint: str


_ACCOUNT = Step("修改初始口令；需要动态口令的，在这里启用并保存恢复码。", "我的账号", "own_account.account")
_TASKS = Step("先看今天有什么要办，每一条都有办理的按钮。", "今日待办", "tasks.mine")
_OVERVIEW = Step("看全年指标，点击任一指标查看各月走势、口径和明细。", "总览", "overview.year")

FIRST_DAY: dict[Role, tuple[Step, ...]] = {
    Role.CLERK: (
        _ACCOUNT,
        _TASKS,
        Step("填昨天的数字，保存后按提示填下一个缺的日子。", "填报", "days.today"),
        Step("导入话单、工单、花名册等文件：先核对、试导入，再正式写入。", "导入", "imports.index"),
        Step("有读不懂的行，在这里查看原因，改正后重新导入。", "问题数据", "deliveries.quarantine"),
        Step("看本月各来源哪天还缺；确无业务的，确认零报告。", "报送日历", "coverage.calendar"),
        Step("月底数据齐了，逐个来源确认报齐。", "月度审核", "closing_board.year"),
    ),
    Role.MANAGER: (
        _ACCOUNT,
        _TASKS,
        _OVERVIEW,
        Step("核对各项指标的口径和目标是否与考核要求一致，不一致的申请变更。", "口径", "definitions.index"),
        Step("选定本年度的评价方案，查看模拟评分和还差什么。", "评分", "evaluation.index"),
        Step("来源报齐后提交，审批通过后申请锁定。", "月度审核", "closing_board.year"),
        Step("生成月报、自评表和证据包。", "导出", "export_list.index"),
    ),
    Role.APPROVER: (
        _ACCOUNT,
        _TASKS,
        _OVERVIEW,
        Step("查看待审批的月份：数字、变化和缺失，然后批准或退回。", "月度审核", "closing_board.year"),
        Step("批准或驳回口径变更申请。", "口径变更申请", "proposals.listed"),
    ),
    Role.EVALUATOR: (
        _ACCOUNT,
        Step("从原始记录重算全部数字，逐项填写结论，抽样核对。", "核验", "review.year"),
        Step("查每个数字由哪些来源支撑、哪些日子没有数据。", "报送日历", "coverage.calendar"),
        Step("查应有的材料是否在档。", "缺失材料", "documents.missing"),
        Step("看各系统之间、与外部数据之间对不上的地方。", "数据勾稽表", "controls.matrix"),
        Step("导出带签名的结论。", "导出", "export_list.index"),
    ),
    Role.SECURITY_ADMIN: (
        _ACCOUNT,
        Step("按人添加账号，授予所需的最小权限。", "账号和授权", "people.index"),
        Step("按单位制度设定口令、登录和动态口令的要求。", "安全设置", "security_settings.settings"),
        Step("需要与其他系统对接的，签发接口令牌。", "接口令牌", "tokens.index"),
    ),
    Role.SYSTEM_ADMIN: (
        _ACCOUNT,
        Step("查看后台任务、存储和备份是否正常。", "运行状况", "system.state"),
    ),
    Role.AUDIT_ADMIN: (
        _ACCOUNT,
        Step("查看谁在何时做了什么。", "审计日志", "trail.index"),
        Step("核验日志有没有被改动。", "日志核验", "trail.verification"),
    ),
}
"""By role; the pages of a centre are those of the help page's centre and year."""
