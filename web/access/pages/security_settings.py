"""The security administrator's page of settings: passwords, locks, sessions, the second factor.

Whoever runs the system does not set what protects it. Source: GB/T 22239-2019, 8.1.5.3 b).
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from web.access import Action, Right, Role, allowed, note
from web.access.policy import BOUNDS, PolicyProblem, format_policy, read_policy, write_policy
from web.forms import PageForm
from web.instance import get_log_connection, open_log_transaction

pages = Blueprint("security_settings", __name__, url_prefix="/-/security-settings")


@pages.get("/")
@allowed(Right.SET_SECURITY)
def settings() -> str:
    """The security settings."""
    return _render_page(format_policy(read_policy(get_log_connection())))


@pages.post("/")
@allowed(Right.SET_SECURITY)
def change_settings() -> str | Response | tuple[str, int]:
    """Stores them, unless one leaves its limits."""
    numbers = {name: request.form.get(name, "") for name in BOUNDS}
    roles = frozenset(Role(name) for name in request.form.getlist("totp_roles") if name in list(Role))
    try:
        with open_log_transaction() as connection:
            changed = write_policy(connection, numbers, roles)
            if changed:
                note(connection, Action.SETTING_CHANGED, "安全设置", details=changed)
    except PolicyProblem as problem:
        return _render_page(numbers | {"totp_roles": " ".join(roles)}, problem=str(problem)), 422
    flash("安全设置已保存，立即生效。" if changed else "没有改动。")
    return redirect(url_for("security_settings.settings"))


def _render_page(values: dict[str, str], problem: str | None = None) -> str:
    chosen = values["totp_roles"].split()
    return render_template(
        "access/settings.html", bounds=BOUNDS.values(), values=values, chosen=chosen, roles=list(Role),
        problem=problem, form=PageForm(),
    )  # fmt: skip
