"""What the environment says: where this instance lives and which database it uses. Read nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingProblem(ValueError):
    """环境变量的值不能用。"""


@dataclass(frozen=True)
class Settings:
    """Where a running instance keeps its things."""

    home: Path  # HOTLINE_HOME: everything of the instance; default ./var
    database_url: str | None  # HOTLINE_DATABASE_URL: the centre's own PostgreSQL; None: the embedded one
    admin_url: str | None  # HOTLINE_ADMIN_DATABASE_URL: the schema's owner there; None: the same account
    vault_key: bytes | None  # HOTLINE_VAULT_KEY (64 to 128 hex digits); None: the file in `home`
    center: str | None  # HOTLINE_CENTER: the centre meant when a command names none
    proxies: int = 0  # HOTLINE_PROXIES: reverse proxies with TLS in front of the pages; 0: none
    document_limit: int = 50 << 20  # HOTLINE_DOCUMENT_MB: the largest evidence document, here in bytes
    former_vault_keys: tuple[bytes, ...] = ()  # after a comma in HOTLINE_VAULT_KEY, while it is being changed

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Settings of the process. Raises: SettingProblem with a sentence for the person who set them."""
        keys = _parse_keys(environ.get("HOTLINE_VAULT_KEY"))
        return cls(
            home=Path(environ.get("HOTLINE_HOME") or "var").absolute(),
            database_url=_read_postgresql(environ, "HOTLINE_DATABASE_URL"),
            admin_url=_read_postgresql(environ, "HOTLINE_ADMIN_DATABASE_URL"),
            vault_key=keys[0] if keys else None,
            center=environ.get("HOTLINE_CENTER") or None,
            proxies=_read_count(environ, "HOTLINE_PROXIES"),
            document_limit=_parse_megabytes(environ.get("HOTLINE_DOCUMENT_MB") or "50"),
            former_vault_keys=keys[1:],
        )

    @property
    def vault_keys(self) -> tuple[bytes, ...]:
        """The key of the environment and its former ones; none where the key is in the file."""
        return (self.vault_key, *self.former_vault_keys) if self.vault_key else ()


def _read_postgresql(environ: Mapping[str, str], name: str) -> str | None:
    url = environ.get(name)
    if not url:
        return None
    if not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        raise SettingProblem(
            f"{name} 应写成 postgresql://用户:口令@主机:5432/库名；现在的值不是 PostgreSQL 地址。"
        )
    return "postgresql://" + url.split("://", 1)[1]


def _read_count(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name) or "0"
    if text not in ("0", "1", "2", "3"):
        raise SettingProblem(f"{name} 应为 0 至 3 的整数：页面前面有几层启用 TLS 的反向代理。")
    return int(text)


def _parse_keys(text: str | None) -> tuple[bytes, ...]:
    return tuple(_parse_key(one.strip()) for one in text.split(",")) if text else ()


def _parse_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if not 32 <= len(key) <= 64:
        raise SettingProblem(
            "HOTLINE_VAULT_KEY 应为 64 至 128 位十六进制数字（32 至 64 字节）；"
            "更换密钥时写成“新密钥,旧密钥”。"
        )
    return key


def _parse_megabytes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1024):
        raise SettingProblem("HOTLINE_DOCUMENT_MB 应为 1 至 1024 的整数（单位 MB）。")
    return int(text) << 20
