"""What all forms share: a token against forged requests, and Chinese words for what is wrong."""

from flask_wtf import FlaskForm  # type: ignore[import-untyped]
from wtforms import (  # type: ignore[import-untyped]
    DateField,
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
from wtforms.validators import DataRequired, EqualTo, Length, Optional  # type: ignore[import-untyped]

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
    "limit_length",
    "require",
]


class PageForm(FlaskForm):  # type: ignore[misc]
    """A form of ours."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        locales = ("zh",)


def require(what: str) -> DataRequired:
    """A field that may not be empty."""
    return DataRequired(f"请填写{what}。")


def limit_length(count: int) -> Length:
    return Length(max=count, message=f"不能超过 {count} 个字。")
