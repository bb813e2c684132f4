"""Who may do what: rights, and the roles that carry them, as data.

Source: GB/T 22239-2019 8.1.4.2 and 8.1.5 (administrators' duties separated, least privilege).
"""

from enum import StrEnum


class Right(StrEnum):
    """What a page or an action asks for."""

    OWN_ACCOUNT = "使用自己的账号"  # whoever is signed in
    SEE_FIGURES = "查看指标"
    SEE_ROWS = "查看明细和记录"
    SEE_DELIVERIES = "查看导入记录"
    EXPORT = "导出"
    LOG = "数据填报和导入"  # writes events: forms, files, zero reports, mended rows
    CORRECT = "修改和作废"
    SUBMIT = "提交月报"  # also proposes definitions, schemes, exceptions
    APPROVE = "审批"
    SEE_REVIEW = "查看评价核验"
    EVALUATE = "评价"
    REVEAL = "查看完整号码和姓名"
    MANAGE_PEOPLE = "管理账号和授权"
    ERASE = "删除个人信息"
    MANAGE_CENTERS = "新增热线中心"  # an empty one; what it holds is others' business
    SET_SECURITY = "管理安全设置"
    MANAGE_SYSTEM = "管理系统运行"
    READ_AUDIT = "查看审计日志"


class Role(StrEnum):
    """What a person is in the system; the value is stored, `label` is shown."""

    CLERK = "clerk"
    MANAGER = "manager"
    APPROVER = "approver"
    EVALUATOR = "evaluator"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"

    @property
    def label(self) -> str:
        return _TITLES[self]

    @property
    def rights(self) -> frozenset[Right]:
        return RIGHTS[self]

    @property
    def administers(self) -> bool:
        """Whether the role runs the system and therefore sees no business data."""
        return self in ADMINISTRATORS


_TITLES = {
    Role.CLERK: "录入员",
    Role.MANAGER: "业务主管",
    Role.APPROVER: "审批人",
    Role.EVALUATOR: "评价人员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
}

_READING = frozenset({Right.SEE_FIGURES, Right.SEE_ROWS, Right.SEE_DELIVERIES})

RIGHTS = {
    Role.CLERK: _READING | {Right.LOG},
    Role.MANAGER: _READING
    | {Right.LOG, Right.CORRECT, Right.SUBMIT, Right.EXPORT, Right.SEE_REVIEW, Right.REVEAL},
    Role.APPROVER: _READING | {Right.APPROVE, Right.EXPORT, Right.SEE_REVIEW},
    Role.EVALUATOR: _READING | {Right.EVALUATE, Right.EXPORT, Right.SEE_REVIEW},
    Role.SYSTEM_ADMIN: frozenset({Right.MANAGE_SYSTEM, Right.MANAGE_CENTERS}),
    Role.SECURITY_ADMIN: frozenset(
        {Right.MANAGE_PEOPLE, Right.MANAGE_CENTERS, Right.ERASE, Right.SET_SECURITY}
    ),
    Role.AUDIT_ADMIN: frozenset({Right.READ_AUDIT}),
}

ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
ALONE = (*ADMINISTRATORS, Role.EVALUATOR)  # a person with one of these has no other role


def exclude_each_other(one: Role, other: Role) -> bool:
    """Whether one person may not have both roles."""
    return one is not other and (one in ALONE or other in ALONE)
