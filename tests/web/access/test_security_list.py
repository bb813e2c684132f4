"""The security list, one test or more for each of its points; the number in the name is the point's."""

import logging
import re
import sys
from datetime import timedelta
from io import BytesIO

import docx
import psycopg
import pyotp
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.web.access.conftest import PASSWORD, Place
from tests.web.conftest import app_of, grant, signed_in_client
from tracker.database import Database
from tracker.vault import CenterVault, Vault
from web.access import api_tokens, passwords
from web.access.masking import mask_cell, mask_name, mask_phone, masked_text
from web.access.people import Grant, PersonProblem, add_person, give, read_grants, set_active
from web.access.policy import BOUNDS, Policy, PolicyProblem, read_policy, write_policy
from web.access.rights import ADMINISTRATORS, Role
from web.access.small_cells import suppress_small
from web.access.trail import Action, record, verify_trail
from web.downloads import format_csv_line
from web.serving import MaskedLines
from web.uploads import UploadProblem, check_name, receive

# S1: one person, one account; no default password


def test_s1_a_login_name_is_given_once(place: Place):
    place.add("wang", grant(Role.CLERK))
    with place.database.connect() as connection, pytest.raises(PersonProblem, match="已经有人使用"):
        add_person(connection, "wang", "另一人", by="test", now=place.now)


def test_s1_a_login_name_of_somebody_who_left_is_not_given_again(place: Place):
    place.add("wang")
    with place.database.connect() as connection:
        set_active(connection, "wang", False)
        with pytest.raises(PersonProblem, match="已经有人使用"):
            add_person(connection, "wang", "另一人", by="test", now=place.now)


def test_s1_the_first_sign_in_forces_a_new_password(place: Place):
    place.add("wang", grant(Role.MANAGER), must_change=True)
    client = place.signed_in("wang")
    assert client.get("/tlf/2024/").headers["Location"] == "/-/account/password"
    told = {"present": PASSWORD, "wanted": "Neues-Wort-99", "again": "Neues-Wort-99"}
    assert client.post("/-/account/password", data=told).status_code == 302
    assert client.get("/tlf/2024/").status_code == 200


def test_s1_a_one_time_password_is_of_no_use_after_three_days(place: Place):
    place.add("wang", must_change=True)
    place.later(hours=71)
    assert place.sign_in("wang")[1].status_code == 302
    place.later(hours=1)
    assert place.sign_in("wang")[1].status_code == 401


def test_s1_nobody_has_an_account_before_the_first_start(place: Place):
    with place.database.connect() as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (0,)
    for login in ("admin", "root", "hotline", "anquan"):
        assert place.sign_in(login, "admin")[1].status_code == 401


def test_s1_a_one_time_password_meets_the_rules_and_never_comes_twice():
    drawn = {passwords.make_one_time_password() for _ in range(200)}
    assert len(drawn) == 200
    assert all(
        passwords.list_faults(one, login="wang", used=(), policy=Policy(min_classes=4)) == [] for one in drawn
    )


# S2: rules of passwords


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Xkwdqf72", None),
        ("Abcdef12", "太容易猜到"),
        ("Abcde12", "至少 8 位"),
        ("abcdef12", "至少 3 种"),
        ("ABCDEF12", "至少 3 种"),
        ("xkwdqf-72", None),
        ("口令口令口令Ab1", None),
        ("Wang-2024", "不能含有登录名"),
        ("x" * 126 + "A1-", "不能超过 128 位"),
    ],
)
def test_s2_length_and_classes(password: str, fault: str | None):
    told = passwords.list_faults(password, login="wang", used=(), policy=Policy())
    assert told == [] if fault is None else any(fault in one for one in told)


def change(client: FlaskClient, present: str, wanted: str, again: str | None = None) -> str:
    """The text of the answer to a change of password; empty where it was changed."""
    told = {"present": present, "wanted": wanted, "again": again or wanted}
    answer = client.post("/-/account/password", data=told)
    return "" if answer.status_code == 302 else answer.text


def test_s2_the_last_five_passwords_are_refused_and_the_sixth_is_not(place: Place):
    place.add("wang", grant(Role.CLERK))
    client, used = place.signed_in("wang"), [PASSWORD]
    for number in range(5):
        assert "最近 5 次" in change(client, used[-1], used[0])
        used.append(f"Wort-Nummer-{number}")
        assert change(client, used[-2], used[-1]) == ""
    assert change(client, used[-1], PASSWORD) == ""


def test_s2_a_password_expires_after_ninety_days(place: Place):
    place.add("wang", grant(Role.CLERK))
    place.later(days=89)
    assert place.signed_in("wang").get("/tlf/2024/").status_code == 200
    place.later(days=1)
    assert place.signed_in("wang").get("/tlf/2024/").headers["Location"] == "/-/account/password"


def test_s2_a_wrong_present_password_or_repetition_changes_nothing(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    assert "原口令不正确" in change(client, "Falsch-1234", "Neues-Wort-99")
    assert "不一致" in change(client, PASSWORD, "Neues-Wort-99", "Neues-Wort-98")
    assert place.sign_in("wang")[1].status_code == 302


def test_s2_a_password_is_compared_to_its_last_character(place: Place):
    longest = "Kx7-" + "vq" * 62
    assert len(longest) == passwords.LONGEST
    place.add("wang", grant(Role.CLERK), password=longest)
    assert place.sign_in("wang", longest + "x")[1].status_code == 401
    assert place.sign_in("wang", longest[:-1])[1].status_code == 401
    assert place.sign_in("wang", longest)[1].status_code == 302
    too_long = change(place.signed_in("wang", longest), longest, longest + "x")
    assert "不能超过 128 位" in too_long


def test_s2_security_settings_are_the_security_administrators(place: Place):
    """GB/T 22239-2019, 8.1.5.3 b): whoever runs the system does not set what protects it."""
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    place.add("wu.li", grant(Role.SYSTEM_ADMIN))
    zhou, wu = place.signed_in("zhou"), place.signed_in("wu.li")
    stricter = {name: str(bound.least) for name, bound in BOUNDS.items()} | {"totp_roles": ["manager"]}
    assert wu.post("/-/security-settings/", data=stricter).status_code == 403
    assert "安全设置" not in wu.get("/-/system/").text
    assert zhou.post("/-/security-settings/", data=stricter).status_code == 302
    with place.database.connect() as connection:
        assert read_policy(connection).totp_roles == {Role.MANAGER}
    assert zhou.get("/-/system/").status_code == 403


def test_s2_the_minimums_are_not_undercut(place: Place):
    with place.database.connect() as connection:
        for bound in BOUNDS.values():
            for number in (bound.least - 1, bound.most + 1):
                with pytest.raises(PolicyProblem, match=bound.title):
                    write_policy(connection, {bound.name: str(number)}, frozenset())
            write_policy(connection, {bound.name: str(bound.least)}, frozenset())
        assert all(getattr(read_policy(connection), name) == bound.least for name, bound in BOUNDS.items())


def test_s2_what_is_delivered_lies_within_the_limits():
    assert all(bound.least <= getattr(Policy(), name) <= bound.most for name, bound in BOUNDS.items())


def test_s2_a_change_of_password_ends_the_other_sessions(place: Place):
    place.add("wang", grant(Role.CLERK))
    here, there = place.signed_in("wang"), place.signed_in("wang")
    assert change(here, PASSWORD, "Neues-Wort-99") == ""
    assert here.get("/tlf/2024/").status_code == 200
    assert "/-/sign-in" in there.get("/tlf/2024/").headers["Location"]


# S3: lockout


def test_s3_five_failures_lock_the_account(place: Place):
    place.add("wang", grant(Role.CLERK))
    for _ in range(5):
        assert place.sign_in("wang", "Falsch-1234")[1].status_code == 401
    assert place.sign_in("wang")[1].status_code == 401
    place.later(minutes=29, seconds=59)
    assert place.sign_in("wang")[1].status_code == 401
    place.later(seconds=1)
    assert place.sign_in("wang")[1].status_code == 302


def test_s3_four_failures_do_not_lock_and_a_success_forgets_them(place: Place):
    place.add("wang", grant(Role.CLERK))
    for _ in range(3):
        for _ in range(4):
            place.sign_in("wang", "Falsch-1234")
        assert place.sign_in("wang")[1].status_code == 302


def test_s3_the_lock_is_written_down_and_the_failures_too(place: Place):
    place.add("wang")
    for _ in range(6):
        place.sign_in("wang", "Falsch-1234")
    rows = place.trail("action", "result")
    assert rows == [*[("sign_in_failed", "failed")] * 5, ("locked", "done"), ("sign_in_failed", "refused")]


def test_s3_a_lock_is_never_shorter_than_five_minutes():
    assert BOUNDS["lock_minutes"].least * 60 >= 300


def test_s3_the_security_administrator_unlocks(place: Place):
    place.add("wang", grant(Role.CLERK))
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    for _ in range(5):
        place.sign_in("wang", "Falsch-1234")
    place.signed_in("zhou").post("/-/people/wang/unlock")
    assert place.sign_in("wang")[1].status_code == 302


# S4: sessions end on the server


def test_s4_an_idle_session_ends(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    place.later(minutes=14, seconds=59)
    assert client.get("/tlf/2024/").status_code == 200
    place.later(minutes=15)
    answer = client.get("/tlf/2024/")
    assert "over=idle" in answer.headers["Location"]
    assert "有一段时间没有操作" in client.get(answer.headers["Location"]).text


def test_s4_an_old_cookie_is_refused_whatever_the_browser_keeps(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    kept = client.get_cookie("hotline")
    assert kept is not None
    client.post("/-/sign-out")
    client.set_cookie("hotline", kept.value)
    assert client.get("/tlf/2024/").status_code == 302


def test_s4_a_session_in_use_ends_after_twelve_hours_all_the_same(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    for _ in range(71):
        place.later(minutes=10)
        assert client.get("/tlf/2024/").status_code == 200
    place.later(minutes=10)
    assert "over=too_long" in client.get("/tlf/2024/").headers["Location"]


def test_s4_a_session_may_idle_for_thirty_minutes_at_most():
    assert BOUNDS["idle_minutes"].most == 30


def test_s4_a_shorter_limit_holds_at_once(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    with place.database.connect() as connection:
        write_policy(connection, {"idle_minutes": "5"}, frozenset())
    place.later(minutes=5)
    assert client.get("/tlf/2024/").status_code == 302


def test_s4_a_cookie_taken_to_another_browser_is_refused(place: Place):
    place.add("wang", grant(Role.CLERK))
    kept = place.signed_in("wang").get_cookie("hotline")
    assert kept is not None
    other = place.app.test_client()
    other.set_cookie("hotline", kept.value)
    assert other.get("/tlf/2024/", headers={"User-Agent": "another"}).status_code == 302


def test_s4_closing_an_account_ends_its_session(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    with place.database.connect() as connection:
        set_active(connection, "wang", False)
    assert client.get("/tlf/2024/").status_code == 302
    assert place.sign_in("wang")[1].status_code == 401


# S5: the three administrators


@pytest.mark.parametrize("one", ADMINISTRATORS)
@pytest.mark.parametrize("other", list(Role))
def test_s5_an_administrator_has_no_other_role(place: Place, one: Role, other: Role):
    place.add("wang", grant(one))
    wanted = grant(other, "tlf", frozenset({2024})) if other is Role.EVALUATOR else grant(other)
    with place.database.connect() as connection:
        if one is other:
            return
        with pytest.raises(PersonProblem, match="不能是同一个人"):
            give(connection, "wang", wanted, by="test", now=place.now, today=place.now.date())
        assert [held.role for held in read_grants(connection, "wang")["wang"]] == [one]


def test_s5_a_role_taken_back_excludes_no_longer(place: Place):
    place.add("wang", grant(Role.SYSTEM_ADMIN))
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    client = place.signed_in("zhou")
    with place.database.connect() as connection:
        held = read_grants(connection, "wang")["wang"][0]
    client.post(f"/-/people/wang/grants/{held.grant_id}/end")
    with place.database.connect() as connection:
        give(connection, "wang", grant(Role.CLERK), by="t", now=place.now, today=place.now.date())


def test_s5_an_evaluator_is_bounded_by_centre_years_and_a_last_day(place: Place):
    place.add("chen")
    today = place.now.date()
    unbounded = [
        Grant(Role.EVALUATOR, None, frozenset({2024}), today, today + timedelta(9)),
        Grant(Role.EVALUATOR, "tlf", None, today, today + timedelta(9)),
        Grant(Role.EVALUATOR, "tlf", frozenset({2024}), today, None),
    ]
    with place.database.connect() as connection:
        for one in unbounded:
            with pytest.raises(PersonProblem, match="必须写明中心、年度和截止日期"):
                give(connection, "chen", one, by="t", now=place.now, today=today)


def test_s5_nobody_takes_back_a_grant_of_her_own(place: Place):
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    assert place.signed_in("zhou").post("/-/people/zhou/close").status_code == 403


# S6: the trail


def rows_added(place: Place, do: object) -> list[str]:
    """The actions that an action leaves in the trail."""
    before = len(place.trail("seq"))
    assert callable(do)
    do()
    return place.trail("action")[before:]


def test_s6_each_action_leaves_exactly_one_row(place: Place):
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    place.add("wang", grant(Role.MANAGER))
    zhou, wang = (place.signed_in(login) for login in ("zhou", "wang"))
    day = place.now.date().isoformat()
    given = {"role": "clerk", "center": "tlf", "years": "", "first_day": day, "last_day": ""}
    asked = {"center": "tlf", "name": "推送", "scopes": "events:write", "days": "30"}
    settings = {name: str(bound.least) for name, bound in BOUNDS.items()}
    actions = {
        "sign_in": lambda: place.signed_in("wang"),
        "sign_in_failed": lambda: place.sign_in("nobody-here", "x"),
        "person_added": lambda: zhou.post("/-/people/", data={"login": "li.si", "name": "李四"}),
        "granted": lambda: zhou.post("/-/people/li.si/grants", data=given),
        "grant_ended": lambda: zhou.post(f"/-/people/li.si/grants/{last_grant(place)}/end"),
        "password_reset": lambda: zhou.post("/-/people/li.si/resets", data={"what": "password"}),
        "unlocked": lambda: zhou.post("/-/people/li.si/unlock"),
        "person_changed": lambda: zhou.post("/-/people/li.si/close"),
        "token_issued": lambda: zhou.post("/-/tokens/", data=asked),
        "token_rotated": lambda: zhou.post(f"/-/tokens/tlf/{last_token(place)}/rotation"),
        "token_revoked": lambda: zhou.post(f"/-/tokens/tlf/{last_token(place)}/revoke"),
        "token_refused": lambda: place.app.test_client().get("/api/centers/tlf/definitions"),
        "setting_changed": lambda: zhou.post("/-/security-settings/", data=settings),
        "exported": lambda: wang.get("/tlf/2024/workbook.xlsx"),
        "refused": lambda: wang.get("/-/people/"),
        "sign_out": lambda: wang.post("/-/sign-out"),
    }
    assert {name: rows_added(place, do) for name, do in actions.items()} == {name: [name] for name in actions}


def last_token(place: Place) -> str:
    with place.database.connect() as connection:
        tokens = api_tokens.list_tokens(connection)
    return next(one.token for one in tokens if not one.replaced_at)


def last_grant(place: Place) -> int:
    with place.database.connect() as connection:
        row = connection.execute("SELECT max(grant_id) FROM grants").fetchone()
    assert row is not None
    return int(row[0])


def test_s6_a_row_tells_time_person_address_action_object_and_result(place: Place):
    place.add("wang")
    place.sign_in("wang", "Falsch-1234")
    row = place.trail("at", "login", "address", "action", "about", "result")[-1]
    assert row == (place.now, "wang", "127.0.0.1", "sign_in_failed", "口令不正确", "failed")


def test_s6_a_mistyped_login_name_is_not_written_down(place: Place):
    """It may be a password in the wrong field."""
    place.sign_in("Geheim-4711", "x")
    assert "Geheim" not in str(place.trail("login", "about", "data"))


def test_s6_the_auditor_sees_filters_and_takes_out_the_trail(place: Place):
    place.add("zheng", grant(Role.AUDIT_ADMIN))
    place.add("wang")
    place.sign_in("wang", "Falsch-1234")
    client = place.signed_in("zheng")
    assert "口令不正确" in client.get("/-/audit/").text
    assert "口令不正确" not in client.get("/-/audit/?action=sign_in").text
    assert "没有符合条件的记录" in client.get("/-/audit/?until=2020-01-01").text
    text = client.get("/-/audit/trail.csv?result=failed").get_data().decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "导出：zheng某（zheng）2024-03-10 09:30:00 127.0.0.1" in text.splitlines()[0]


# S7: append-only and chained


@pytest.mark.parametrize("statement", ["UPDATE audit SET about = ''", "DELETE FROM audit", "TRUNCATE audit"])
def test_s7_the_trail_is_append_only_for_the_owner_too(place: Place, statement: str):
    note(place)
    for connect in (place.database.connect, place.database.connect_as_owner):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect() as connection:
            connection.execute(statement)


def note(place: Place, count: int = 1) -> None:
    with place.database.connect() as connection:
        for _ in range(count):
            record(connection, Action.SIGNED_IN, login="wang", address="10.0.0.8", now=place.now)


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        ("UPDATE audit SET login = 'li' WHERE seq = 2", "第 2 条的内容与其哈希值不符"),
        ("UPDATE audit SET data = '{\"x\":1}' WHERE seq = 3", "第 3 条的内容与其哈希值不符"),
        ("DELETE FROM audit WHERE seq = 2", "缺少第 2 条"),
        ("DELETE FROM audit WHERE seq = 3", "末尾的记录被删除"),
    ],
)
def test_s7_an_altered_row_is_found(place: Place, tampering: str, told: str):
    """As somebody could who switches the trigger off."""
    note(place, 3)
    with place.database.connect() as connection:
        assert verify_trail(connection).problem is None
    with place.database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE audit DISABLE TRIGGER append_only")
        connection.execute(tampering)
    with place.database.connect() as connection:
        assert told in str(verify_trail(connection).problem)


def test_s7_a_trail_cut_short_is_found_by_a_hash_noted_elsewhere(place: Place):
    note(place, 3)
    with place.database.connect() as connection:
        noted = verify_trail(connection).head
    with place.database.connect_as_owner() as connection:
        connection.execute("ALTER TABLE audit DISABLE TRIGGER append_only")
        connection.execute("DELETE FROM audit WHERE seq = 3")
        connection.execute("UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 2)")
    with place.database.connect() as connection:
        assert verify_trail(connection).problem is None
        assert "被改写或截断过" in str(verify_trail(connection, expected_head=noted).problem)


def test_s7_the_auditor_compares_with_the_hash_that_she_noted(place: Place):
    place.add("shen", grant(Role.AUDIT_ADMIN, None))
    auditor = place.signed_in("shen")
    with place.database.connect() as connection:
        noted = verify_trail(connection).head.hex()
    assert "✓ 通过" in auditor.get(f"/-/audit/verification?head={noted[:32]}+{noted[32:].upper()}").text
    assert "被改写或截断过" in auditor.get(f"/-/audit/verification?head={'0' * 63}1").text
    assert "日志校验值应为 64 位十六进制数字" in auditor.get("/-/audit/verification?head=12").text


# S8: logs are kept


def test_s8_logs_are_kept_for_half_a_year_at_least(place: Place):
    with place.database.connect() as connection:
        with pytest.raises(PolicyProblem, match="180"):
            write_policy(connection, {"log_days": "179"}, frozenset())
        write_policy(connection, {"log_days": "180"}, frozenset())


def test_s8_sessions_are_forgotten_after_the_days_that_are_set_and_no_sooner(place: Place):
    place.add("wang", grant(Role.CLERK))
    with place.database.connect() as connection:
        write_policy(connection, {"log_days": "180"}, frozenset())
    counts = []
    for days in (0, 180, 1):
        place.later(days=days)
        place.signed_in("wang")
        with place.database.connect() as connection:
            counts += connection.execute("SELECT count(*) FROM sessions").fetchall()
    assert counts == [(1,), (2,), (2,)]


# S9: masked by default; S11: in full with right, reason and row


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        ("09958522345", "0995*****45"),
        ("01062345678", "010******78"),
        ("12345", "*****"),
        ("8522345", "*****45"),
    ],
)
def test_s9_a_number_is_masked(number: str, shown: str):
    assert mask_phone(number) == shown


def test_s9_a_name_keeps_its_first_sign():
    assert [mask_name(name) for name in ("张三", "欧阳修文")] == ["张*", "欧***"]


def test_s9_an_identity_number_keeps_six_and_four_at_most():
    assert masked_text("身份证11010519491231002X，") == "身份证110105********002X，"


@pytest.mark.parametrize(
    "spelled", ["138 1234 5678", "１３８１２３４５６７８", "+86-138-1234-5678", "一三八一二三四五六七八"]
)
def test_s9_a_number_is_masked_in_free_text_however_it_is_spelled(spelled: str):
    assert masked_text(f"来电{spelled}，车牌新A·12345") == "来电138****5678，车牌新A*****"


@pytest.fixture
def caller(place: Place) -> Place:
    """A centre with one call from a number of the vault, and a manager."""
    from tracker import log
    from tracker.events.calls import CallEnded

    with place.database.connect() as connection:
        vault = Vault(b"k" * 32).of(connection, "tlf")
        call = CallEnded(
            call_id="c1", direction="inbound", caller=vault.token("phone", "13812345678"),
            entered_at=place.now, queued_at=None, rang_at=None, answered_at=None, ended_at=place.now,
            talk_ms=None, agent=None, skill_group=None, rating=None, outcome=None,
        )  # fmt: skip
        vault.keep(connection)
        with log.appending(
            connection, "tlf", delivery=None, as_of=place.now, recorded_at=place.now
        ) as appending:
            appending.add([(call, None)])
    place.add("wang", grant(Role.MANAGER))
    place.add("li.si", grant(Role.CLERK))
    return place


@pytest.fixture
def token(caller: Place) -> str:
    """What stands for the number in the log."""
    with caller.database.connect() as connection:
        return Vault(b"k" * 32).of(connection, "tlf").token("phone", "13812345678")


def test_s9_a_page_shows_the_number_masked(caller: Place):
    for login in ("wang", "li.si"):
        text = caller.signed_in(login).get("/tlf/things/call/c1").text
        assert "138****5678" in text
        assert "13812345678" not in text


def test_s9_a_number_does_not_reach_the_running_log():
    try:
        raise ValueError("来电 13812345678 无法识别")
    except ValueError:
        record = logging.LogRecord("web", logging.ERROR, "", 0, "%s", ("0995-8522345",), sys.exc_info())
    lines = MaskedLines("%(asctime)s %(message)s").format(record)
    assert "138****5678" in lines and "0995-*****45" in lines
    assert "13812345678" not in lines and "8522345" not in lines


def test_s11_the_full_number_needs_a_right(caller: Place, token: str):
    assert caller.signed_in("li.si").get(f"/tlf/vault/{token}").status_code == 403
    assert "查看完整" not in caller.signed_in("li.si").get("/tlf/things/call/c1").text


@pytest.mark.parametrize("reason", ["", "  ", "看看"])
def test_s11_the_full_number_needs_a_reason(caller: Place, token: str, reason: str):
    answer = caller.signed_in("wang").post(f"/tlf/vault/{token}", data={"reason": reason})
    assert answer.status_code == 422
    assert "13812345678" not in answer.text
    assert "revealed" not in caller.trail("action")


def test_s11_with_right_and_reason_it_is_shown_and_written_down(caller: Place, token: str):
    client = caller.signed_in("wang")
    assert "13812345678" not in client.get(f"/tlf/vault/{token}").text
    answer = client.post(f"/tlf/vault/{token}", data={"reason": "抽查回访，来电人 13812345678"})
    assert "13812345678" in answer.text
    row = caller.trail("login", "action", "about", "data")[-1]
    assert row[:3] == ("wang", "revealed", f"tlf {token}")
    assert "抽查回访" in row[3]
    assert "13812345678" not in row[3]


# S10: a keyed hash


def test_s10_the_token_of_a_number_depends_on_the_key():
    one, other = CenterVault("tlf", b"k" * 32), CenterVault("tlf", b"o" * 32)
    assert one.token("phone", "13812345678") != other.token("phone", "13812345678")


def test_s10_keys_for_other_purposes_differ():
    vault = Vault(b"k" * 32)
    assert (
        len({vault.derive_key("cookie"), vault.derive_key("totp"), Vault(b"o" * 32).derive_key("cookie")})
        == 3
    )


# S12: exports


def test_s12_an_export_needs_a_right(peopled: Database):
    app = app_of(peopled)
    assert signed_in_client(app, "clerk").get("/small/2024/workbook.xlsx").status_code == 403
    assert "下载年度工作簿" not in signed_in_client(app, "clerk").get("/small/2024/").text
    assert "下载年度工作簿" in signed_in_client(app, "manager").get("/small/2024/").text


def test_s12_a_workbook_says_on_every_page_who_took_it_out(client: FlaskClient):
    book = load_workbook(BytesIO(client.get("/small/2024/workbook.xlsx").data))
    stamp = "导出：王经理（manager）2024-03-10 09:30:00 127.0.0.1"
    assert all(stamp in str(sheet.oddHeader.right.text) for sheet in book)
    assert all(stamp in str(sheet.oddFooter.left.text) for sheet in book)
    assert ("导出标记", stamp) in [row[:2] for row in book["说明"].iter_rows(values_only=True)]


def test_s12_a_monthly_report_says_it_at_the_foot(client: FlaskClient):
    report = docx.Document(BytesIO(client.get("/tlf/2023-08/report.docx").get_data()))
    foot = report.sections[0].footer.paragraphs[0].text
    assert "导出：王经理（manager）2024-03-10 09:30:00 127.0.0.1" in foot


def test_s12_a_list_of_rows_says_it_in_its_header(client: FlaskClient):
    text = client.get("/small/2024-02/cases_handled/numerator.csv").get_data().decode("utf-8-sig")
    assert text.splitlines()[0].endswith("导出：王经理（manager）2024-03-10 09:30:00 127.0.0.1")


def test_s12_an_export_has_a_limit_of_rows(site: Database):
    with site.connect() as connection:
        write_policy(connection, {"export_rows": "100"}, frozenset())
    try:
        answer = signed_in_client(app_of(site), "manager").get("/tlf/2023/calls_inbound/numerator.csv")
        assert answer.status_code == 413
        assert "超过一个文件的上限 100 行" in answer.text
    finally:
        with site.connect() as connection:
            write_policy(connection, {"export_rows": "200000"}, frozenset())


# S13: free text


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("请回电13812345678。", "请回电138****5678。"),
        ("家里0995-8522345没人", "家里0995-*****45没人"),
        ("证号11010519491231002X", "证号110105********002X"),
        ("卡号6222021234567890128", "卡号622202*********0128"),
        ("工单20230801000239321", "工单20230801000239321"),
        ("2023080100023932", "2023080100023932"),
        ("13812345678", "138****5678"),
    ],
)
def test_s13_planted_numbers_are_masked(text: str, leaves: str):
    assert mask_cell(text) == leaves
    assert format_csv_line([text]).strip() == leaves


# S14: small cells


@pytest.mark.parametrize(
    ("row", "total", "shown"),
    [
        ([10, 20, 30], 60, [10, 20, 30]),
        ([10, 4, 30], None, [10, None, 30]),
        ([10, 4, 30], 44, [None, None, 30]),
        ([3, 4, 30], 37, [None, None, 30]),
        ([10, 5, 0], 15, [10, 5, 0]),
        ([4, 0, 0], 4, [None, 0, 0]),
    ],
)
def test_s14_small_cells_are_hidden_and_cannot_be_found_from_the_total(
    row: list[int], total: int | None, shown: list[int | None]
):
    assert suppress_small(row, total) == shown


def test_s14_the_table_for_the_public_has_no_small_number(client: FlaskClient):
    lines = client.get("/tlf/2023/public.csv").get_data().decode("utf-8-sig").splitlines()
    cells = [cell for line in lines[1:] for cell in line.split(",")[2:]]
    assert len(lines) == 13
    assert lines[0].split(",")[:4] == ["月份", "工单总数", "咨询工单", "投诉工单"]
    assert "<5" in cells
    assert not [cell for cell in cells if cell in ("1", "2", "3", "4")]


# S17: cookies over TLS; S19: files in and out


def test_s17_the_cookie_is_for_this_host_over_tls_and_not_for_scripts(database: Database):
    from dataclasses import replace

    from tests.web.conftest import SETTINGS

    behind = app_of(database, settings=replace(SETTINGS, proxies=1)).test_client()
    answer = behind.get("/-/sign-in", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.8"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-hotline=")
    assert all(part in cookie for part in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_s17_without_a_proxy_its_headers_are_not_believed(place: Place):
    headers = {"X-Forwarded-For": "10.9.9.9"}
    place.browser().post("/-/sign-in", data={"login": "x", "password": "y"}, headers=headers)
    assert place.trail("address") == ["127.0.0.1"]


def test_s19_a_file_name_is_decoded_once(place: Place):
    with (
        place.app.test_request_context("/x?name=%2541%252e_2024-03.csv", method="POST", data=b"a,b"),
        receive() as path,
    ):
        assert path.name == "%41%2e_2024-03.csv"


@pytest.mark.parametrize("name", ["x.exe", "x.svg", "", "..", "话单"])
def test_s19_only_tables_are_taken(name: str):
    with pytest.raises(UploadProblem):
        check_name(name)


def test_s19_a_file_name_cannot_lead_elsewhere():
    assert [check_name(name) for name in ("../../x.csv", "C:\\a\\话单.xlsx", "/etc/x.csv")] == [
        "x.csv", "话单.xlsx", "x.csv",
    ]  # fmt: skip


def test_s19_cells_are_neutralised():
    cells = ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "\u200b=1", "合计"]
    assert format_csv_line(cells).strip() == "'=1+1,'+1,'-1,'@x,'\tx,'＝1,'\u200b=1,合计"


def test_s19_a_form_is_small(place: Place):
    answer = place.browser().post("/-/sign-in", data={"login": "x" * (3 << 20), "password": "y"})
    assert answer.status_code == 413


# the second factor


def code(secret: str, place: Place) -> str:
    return pyotp.TOTP(secret).at(place.now)


def enrolled(place: Place, client: FlaskClient) -> str:
    """Sets up the second factor and gives its secret."""
    text = client.get("/-/account/second-factor").text
    found = re.search(r'<code class="hash">([A-Z2-7 ]+)</code>', text)
    assert found is not None
    secret = found[1].replace(" ", "")
    typed = {"code": code(secret, place), "password": PASSWORD}
    assert client.post("/-/account/second-factor", data=typed).status_code == 200
    return secret


def test_a_role_that_needs_a_second_factor_sets_it_up_first(place: Place):
    place.add("wang", grant(Role.MANAGER))
    with place.database.connect() as connection:
        write_policy(connection, {"totp_grace_days": "0"}, frozenset({Role.MANAGER}))
    client = place.signed_in("wang")
    assert client.get("/tlf/2024/").headers["Location"] == "/-/account/second-factor"
    enrolled(place, client)
    assert client.get("/tlf/2024/").status_code == 200


def test_the_second_factor_is_asked_for_before_anything_is_shown(place: Place):
    place.add("wang", grant(Role.MANAGER))
    secret = enrolled(place, place.signed_in("wang"))
    place.later(minutes=1)
    client = place.signed_in("wang")
    assert client.get("/tlf/2024/").headers["Location"] == "/-/sign-in/code"
    assert client.get("/-/account/").headers["Location"] == "/-/sign-in/code"
    assert client.post("/-/sign-in/code", data={"code": "000000"}).status_code == 401
    assert client.post("/-/sign-in/code", data={"code": code(secret, place)}).status_code == 302
    assert client.get("/tlf/2024/").status_code == 200


def test_a_code_holds_once(place: Place):
    place.add("wang", grant(Role.MANAGER))
    secret = enrolled(place, place.signed_in("wang"))
    place.later(minutes=1)
    for expected in (302, 401):
        client = place.signed_in("wang")
        assert client.post("/-/sign-in/code", data={"code": code(secret, place)}).status_code == expected


def test_wrong_codes_lock_the_account_too(place: Place):
    place.add("wang", grant(Role.MANAGER))
    secret = enrolled(place, place.signed_in("wang"))
    place.later(minutes=1)
    client = place.signed_in("wang")
    for _ in range(5):
        client.post("/-/sign-in/code", data={"code": "000000"})
    assert place.sign_in("wang")[1].status_code == 401
    assert "/-/sign-in" in client.post("/-/sign-in/code", data={"code": code(secret, place)}).location


def test_the_secret_is_stored_encrypted(place: Place):
    place.add("wang", grant(Role.MANAGER))
    secret = enrolled(place, place.signed_in("wang"))
    with place.database.connect() as connection:
        row = connection.execute("SELECT totp FROM accounts WHERE login = 'wang'").fetchone()
    assert row is not None
    assert secret.encode() not in row[0]


# the door itself


def test_whatever_is_wrong_the_answer_is_the_same(place: Place):
    place.add("wang")
    place.add("closed")
    place.add("locked")
    with place.database.connect() as connection:
        set_active(connection, "closed", False)
    for _ in range(5):
        place.sign_in("locked", "Falsch-1234")
    answers = {
        re.sub(r'value="[^"]*"', "", place.sign_in(login, password)[1].text)
        for login, password in [
            ("wang", "Falsch-1234"), ("nobody", "Falsch-1234"), ("closed", PASSWORD), ("locked", PASSWORD),
        ]
    }  # fmt: skip
    assert len(answers) == 1


def test_whoever_comes_back_is_told_of_her_last_visit_and_of_failures_since(place: Place):
    place.add("wang", grant(Role.MANAGER))
    assert "上次登录" not in place.signed_in("wang").get("/-/account/").text
    place.later(hours=1)
    place.sign_in("wang", "Falsch-1234")
    place.later(hours=1)
    text = place.signed_in("wang").get("/-/account/").text
    assert "上次登录：2024-03-10 09:30:00，127.0.0.1。此后有 1 次失败的尝试。" in text


def test_an_account_unused_for_ninety_days_is_pointed_out(place: Place):
    place.add("zhou", grant(Role.SECURITY_ADMIN))
    place.add("wang", grant(Role.MANAGER))
    place.later(days=89)
    assert "长期未登录</span>" not in place.signed_in("zhou").get("/-/people/").text
    place.later(days=1, seconds=1)
    with place.database.connect() as connection:
        connection.execute("UPDATE accounts SET password_changed_at = %s", (place.now,))
    assert place.signed_in("zhou").get("/-/people/").text.count("长期未登录</span>") == 1


def test_an_unknown_login_name_costs_as_much_as_a_known_one(place: Place, monkeypatch: pytest.MonkeyPatch):
    place.add("wang")
    computed: list[str] = []
    monkeypatch.setattr(
        "web.access.signing_in.passwords.is_password_of", lambda stored, given: bool(computed.append(stored))
    )
    place.sign_in("wang", "Falsch-1234")
    place.sign_in("nobody", "Falsch-1234")
    assert len(computed) == 2
    monkeypatch.undo()
    assert passwords.is_password_of("", "anything") is False


def test_too_many_attempts_from_one_address_are_refused(place: Place):
    answers = [place.sign_in(f"nobody{number}", "x")[1].status_code for number in range(31)]
    assert answers[:30] == [401] * 30
    assert answers[30] == 429


def test_a_form_without_its_token_is_refused(place: Place):
    place.app.config["WTF_CSRF_ENABLED"] = True
    answer = place.sign_in("wang")[1]
    assert answer.status_code == 400
    assert "页面已经过期" in answer.text


def test_with_its_token_it_is_taken(place: Place):
    place.app.config["WTF_CSRF_ENABLED"] = True
    place.add("wang", grant(Role.CLERK))
    client = place.browser()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/-/sign-in").text)
    assert found is not None
    told = {"login": "wang", "password": PASSWORD, "csrf_token": found[1]}
    assert client.post("/-/sign-in", data=told).status_code == 302


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil"])
def test_nobody_is_led_to_another_host(place: Place, address: str):
    place.add("wang", grant(Role.CLERK))
    data = {"login": "wang", "password": PASSWORD, "next": address}
    assert place.browser().post("/-/sign-in", data=data).headers["Location"] == "/"


def test_whoever_signs_in_comes_to_the_page_that_was_asked_for(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.browser()
    door = client.get("/tlf/2024/cases_handled").headers["Location"]
    assert door == "/-/sign-in?next=/tlf/2024/cases_handled"
    data = {"login": "wang", "password": PASSWORD, "next": "/tlf/2024/cases_handled"}
    assert client.post("/-/sign-in", data=data).headers["Location"] == "/tlf/2024/cases_handled"


def test_a_session_is_known_to_the_database_by_its_hash_alone(place: Place):
    place.add("wang", grant(Role.CLERK))
    client = place.signed_in("wang")
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with place.database.connect() as connection:
        rows = connection.execute("SELECT session FROM sessions").fetchall()
    assert token not in str(rows)


def test_an_account_of_the_demo_cannot_be_entered_elsewhere(place: Place):
    from web.access.demo_people import add_demo_people

    with place.database.connect() as connection:
        add_demo_people(connection, "tlf", place.now)
    assert place.browser().post("/-/sign-in/as/guanli").status_code == 404
    assert place.sign_in("guanli", "")[1].status_code == 422
    demo = app_of(place.database, demo=True).test_client()
    assert demo.post("/-/sign-in/as/guanli").headers["Location"] == "/"
    assert demo.get("/", follow_redirects=True).status_code == 200


def test_s9_a_number_within_a_text_is_shown_masked_and_can_be_looked_up(caller: Place):
    from tracker import log
    from tracker.events.ledger import EventVoided

    voiding = EventVoided(
        event_seq=1, delivery=None, reason="来电138 1234 5678重复", voided_by="张三", voided_at=caller.now
    )
    with (
        caller.database.connect() as connection,
        log.appending(
            connection, "tlf", delivery=None, as_of=caller.now, recorded_at=caller.now
        ) as appending,
    ):
        appending.add([(voiding, None)])
    clerk, manager = caller.signed_in("li.si"), caller.signed_in("wang")
    text = clerk.get("/tlf/events/2").text
    assert "来电138****5678重复" in text
    assert "vault/phone-" not in text
    shown = manager.get("/tlf/events/2").text
    address = re.search(r'href="(/tlf/vault/phone-[0-9a-f]{24})"', shown)
    assert address is not None and "138****5678" in shown
    answer = manager.post(address[1], data={"reason": "抽查回访工单"})
    assert "13812345678" in answer.text
    for page in ("/tlf/events/2", "/tlf/things/void/1"):
        assert "13812345678" not in manager.get(page).text
