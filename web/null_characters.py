"""Null characters in a request: nobody types them, and no text of the database can hold one."""

from flask import Flask, abort, request


def install(app: Flask) -> None:
    """Refuses, once it is known who asks, every request that holds one."""
    app.before_request(_refuse)


def _refuse() -> None:
    parts = [part for part in (request.view_args or {}).values() if isinstance(part, str)]
    texts = [*request.args.keys(), *request.args.values(), *parts]
    written = [value for values in request.form.listvalues() for value in values]
    if any("\0" in text for text in (*texts, *written)):
        abort(400, "内容含不可见字符，未提交。请清空后重新输入。")
