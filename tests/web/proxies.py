"""Real proxies with TLS in front of the server, as `deploy/` has them."""

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"
PATIENCE = 20.0  # seconds


def make_certificate(folder: Path) -> Path:
    """A certificate of localhost for two days, where the proxies' files look for it."""
    made = folder / "tls.crt", folder / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-out", made[0], "-keyout", made[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return made[0]


def write_nginx(folder: Path, port: int, behind: int) -> list[str]:
    """Writes its file; gives the command that runs it in the foreground."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(":8000", f":{behind}")
    text = text.replace("/etc/hotline/", f"{folder}/").replace("hotline.example.gov.cn", "localhost")
    whole = (
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{text}}}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def write_caddy(folder: Path, port: int, behind: int) -> list[str]:
    """Writes its file; gives the command that runs it in the foreground."""
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    text = text.replace("hotline.example.gov.cn", f"https://localhost:{port}").replace(":8000", f":{behind}")
    text = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text.replace("/etc/hotline/", f"{folder}/")
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@contextmanager
def run_proxy(write: Callable[[Path, int, int], list[str]], folder: Path, behind: int) -> Iterator[int]:
    """The port at which a proxy listens, in front of the port `behind`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    with (folder / "proxy.log").open("wb") as log:
        proxy = subprocess.Popen(write(folder, port, behind), stdout=log, stderr=log)
    try:
        _wait_for(port)
        yield port
    finally:
        proxy.terminate()
        proxy.wait(PATIENCE)


def connect(port: int, certificate: Path, source: str, patience: float = PATIENCE) -> HTTPSConnection:
    """A connection over TLS that comes from an address of this machine's own."""
    trusted = ssl.create_default_context(cafile=str(certificate))
    return HTTPSConnection("localhost", port, context=trusted, source_address=(source, 0), timeout=patience)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the proxy did not begin")
