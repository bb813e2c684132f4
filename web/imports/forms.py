"""What the import wizard is asked: an upload, and the forms about it."""

from typing import Any

from flask import request
from flask_wtf.file import FileField, FileRequired  # type: ignore[import-untyped]

from ingest.importing.declared_totals import DeclaredTotalsProblem, parse_declared_totals
from ingest.importing.file_paths import SUFFIXES
from web.access import get_person
from web.access.people import format_name
from web.forms import DateField, Optional, PageForm, StringField
from web.instance import get_log_connection, get_now
from web.jobs.job import TRIAL, Job, JobState, make_key

_FILES = ",".join(SUFFIXES)


def make_upload(center_id: str, file_name: str, **choices: Any) -> Job:
    """The job of an upload by the person who is signed in; it waits for her."""
    person = get_person()
    return Job(
        key=make_key(get_now()), kind=TRIAL, title=file_name, created_at=get_now(), center_id=center_id,
        login=person.login, person=format_name(get_log_connection(), person),
        address=request.remote_addr or "", asked=choices,
        file_name=file_name, state=JobState.WAITING,
    )  # fmt: skip


class LetterForm(PageForm):
    """What the letter that came with a file says of it, all of it optional."""

    rows = StringField("数据行数", [Optional()], render_kw={"inputmode": "numeric", "maxlength": 20})
    column = StringField("哪一列的合计", [Optional()], render_kw={"maxlength": 60})
    total = StringField("合计是多少", [Optional()], render_kw={"inputmode": "decimal", "maxlength": 30})

    @property
    def stated(self) -> dict[str, str] | None:
        """As it was typed."""
        totals = {name: str(self[name].data or "").strip() for name in ("rows", "column", "total")}
        return totals if any(totals.values()) else None

    def validate(self, extra_validators: Any = None) -> bool:
        """What is no number, or half told, is said beside the first field."""
        fits = bool(super().validate(extra_validators))
        try:
            parse_declared_totals(**(self.stated or {"rows": "", "column": "", "total": ""}))
        except DeclaredTotalsProblem as problem:
            self.rows.errors = [str(problem)]
            return False
        return fits


class UploadForm(LetterForm):
    """A file to be imported."""

    file = FileField(
        "文件",
        [FileRequired("请先选择文件。")],
        render_kw={"accept": _FILES, "autofocus": True},
    )


class TrialForm(LetterForm):
    """How a file is to be tried."""

    as_of = DateField("数据截止时间（含当天）", [Optional()])
