"""The first start: there must be somebody who lets in all others."""

from datetime import datetime

import sqlalchemy as sa

from tracker.database import Database, execute
from tracker.events.times import get_day
from web.access import passwords
from web.access.people import Grant, add_person, give, list_accounts
from web.access.rights import Role
from web.access.tables import audit_head
from web.access.trail import Action, record

LOGIN, NAME, BY = "anquan", "安全管理员", "首次启动"

_TOLD = """
首次启动：已建立第一个账号，请现在记下，口令不会再显示。

    登录名      {login}        角色  安全管理员
    初始口令  {password}

登录后请先修改口令，再按首页的提示新增热线中心和人员；系统管理员、审计管理员请另派人担任。
请再设一位安全管理员：重置他人口令或动态口令须两位办理。
口令遗失的，请在本机运行 hotline people reset-password {login}。
"""


def add_first_administrator(database: Database, now: datetime) -> str | None:
    """The security administrator, where nobody has an account yet; gives what is to be printed once."""
    with database.connect() as connection:
        execute(connection, sa.select(audit_head).with_for_update())  # two processes may start at once
        if list_accounts(connection):
            return None
        password, today = passwords.make_one_time_password(), get_day(now)
        add_person(connection, LOGIN, NAME, by=BY, now=now, password=password)
        grant = Grant(Role.SECURITY_ADMIN, None, None, today, None)
        give(connection, LOGIN, grant, by=BY, now=now, today=today)
        record(connection, Action.PERSON_ADDED, login=None, address="", now=now, about=LOGIN,
               details={"grant": Role.SECURITY_ADMIN.label})  # fmt: skip
    return _TOLD.format(login=LOGIN, password=password)
