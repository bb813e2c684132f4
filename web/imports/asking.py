"""The forms of the import wizard."""

from typing import Any

from flask_wtf.file import FileField, FileRequired  # type: ignore[import-untyped]

from ingest.files import SUFFIXES
from ingest.stated import StatedProblem, stated_of
from web.forms import DateField, Form, Optional, StringField

_FILES = ",".join(SUFFIXES)


class Letter(Form):
    """What the letter that came with a file says of it, all of it optional."""

    rows = StringField("数据行数", [Optional()], render_kw={"inputmode": "numeric", "maxlength": 20})
    column = StringField("哪一列的合计", [Optional()], render_kw={"maxlength": 60})
    total = StringField("合计是多少", [Optional()], render_kw={"inputmode": "decimal", "maxlength": 30})

    @property
    def stated(self) -> dict[str, str] | None:
        """As it was typed."""
        told = {name: str(self[name].data or "").strip() for name in ("rows", "column", "total")}
        return told if any(told.values()) else None

    def validate(self, extra_validators: Any = None) -> bool:
        """What is no number, or half told, is said beside the first field."""
        fits = bool(super().validate(extra_validators))
        try:
            stated_of(**(self.stated or {"rows": "", "column": "", "total": ""}))
        except StatedProblem as problem:
            self.rows.errors = [str(problem)]
            return False
        return fits


class Upload(Letter):
    """A file to be imported."""

    file = FileField(
        "文件",
        [FileRequired("请先选择文件。")],
        render_kw={"accept": _FILES, "autofocus": True},
    )


class Trial(Letter):
    """How a file is to be tried."""

    as_of = DateField("数据截至（含当天）", [Optional()])
