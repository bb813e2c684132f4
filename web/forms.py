"""What all forms share: a token against forged requests, and Chinese words for what is wrong."""

from typing import Any

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import DateField as DateInput  # type: ignore[import-untyped]
from wtforms import (
    FileField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (  # type: ignore[import-untyped]
    DataRequired,
    EqualTo,
    Length,
    Optional,
    ValidationError,
)

from tracker.periods import YEARS

__all__ = [
    "DataRequired",
    "DateField",
    "EqualTo",
    "FileField",
    "Length",
    "MultipleFileField",
    "Optional",
    "PageForm",
    "PasswordField",
    "RadioField",
    "SelectChoice",
    "SelectField",
    "SelectMultipleField",
    "StringField",
    "TextAreaField",
    "ValidationError",
    "limit_length",
    "require",
]


class DateField(DateInput):  # type: ignore[misc]
    """A day in a year that there are periods of."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(f"年份应为{YEARS[0]}至{YEARS[-1]}。")


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form of ours."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("zh",)


def require(what: str) -> DataRequired:
    """A field that may not be empty."""
    return DataRequired(f"请填写{what}。")


def limit_length(count: int) -> Length:
    return Length(max=count, message=f"不能超过 {count} 个字。")
