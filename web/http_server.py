"""The HTTP server in front of the pages: waitress, told whose large body it reads, and for how long."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Flask
from waitress import create_server  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]
from waitress.server import BaseWSGIServer  # type: ignore[import-untyped]
from waitress.task import WSGITask  # type: ignore[import-untyped]
from werkzeug.wrappers import Response

from web.access.guard import BEFORE_BODY, LET_IN
from web.uploads import FORM_BYTES, MOST_BYTES

THREADS = 8
MOST_CONNECTIONS = 1000
MOST_OF_AN_ADDRESS = 100  # connections that wait for a request, where browsers connect directly
MOST_FILES = 30  # large bodies that are being received at a time
SLOW_AFTER = 60.0  # seconds in which any request may come
SLOWEST = 20_000  # bytes a second on the average, after that
_CHECK_EVERY = 5  # seconds
_OVERHEAD = 1 << 20  # bytes of a form around a file


def make_server(
    app: Flask, host: str, port: int, *, proxies: int = 0, clock: Callable[[], float] = time.time
) -> Any:
    """A server that is ready to run; its `effective_port` is the one it listens on, where `port` is 0.

    `proxies`: how many reverse proxies stand in front, whose headers are left for the application to read.
    """
    sockets: dict[int, Any] = {}
    server = create_server(
        app, map=sockets, host=host, port=port, threads=THREADS, ident=None,
        clear_untrusted_proxy_headers=proxies == 0, asyncore_use_poll=True,
        connection_limit=MOST_CONNECTIONS, cleanup_interval=_CHECK_EVERY,
        max_request_body_size=MOST_BYTES + _OVERHEAD,
    )  # fmt: skip
    limits = _Limits(app, is_direct=proxies == 0, clock=clock)
    for one in [*sockets.values()]:
        if isinstance(one, BaseWSGIServer):
            one.channel_class = limits.make_channel
            one.maintenance = limits.make_check(one)
    return server


class _Limits:
    """What holds for all connections of a server."""

    def __init__(self, app: Flask, *, is_direct: bool, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._app = app
        self._is_direct = is_direct

    def find_refusal(self, environ: dict[str, Any]) -> Response | None:
        """The answer to who may not send a body, or one so large; None: it may come."""
        answer = Response.from_app(self._app, environ | {BEFORE_BODY: True})
        return None if answer.status_code == LET_IN else answer

    def make_channel(self, *arguments: Any, **options: Any) -> HTTPChannel:
        channel = HTTPChannel(*arguments, **options)
        channel.parser_class = lambda settings: _Request(settings, channel, self)
        return channel

    def make_check(self, server: BaseWSGIServer) -> Callable[[float], None]:
        """What a server does every few seconds: ends requests that come too slowly, and the oldest of too
        many connections of one address."""
        end_idle = server.maintenance

        def check(now: float) -> None:
            end_idle(now)
            waiting: dict[str, list[HTTPChannel]] = defaultdict(list)
            for channel in [*server.active_channels.values()]:
                if channel.requests:  # one is being answered
                    continue
                if channel.request is not None and channel.request.is_too_slow(self.clock()):
                    channel.will_close = True
                waiting[channel.addr[0]].append(channel)
            for channels in waiting.values() if self._is_direct else ():
                for channel in sorted(channels, key=lambda one: one.creation_time)[:-MOST_OF_AN_ADDRESS]:
                    channel.will_close = True

        return check


class _Request(HTTPRequestParser):  # type: ignore[misc]
    """A request while it comes in: refused before its body is read where the application would refuse it."""

    def __init__(self, settings: Any, channel: HTTPChannel, limits: _Limits) -> None:
        super().__init__(settings)
        self.is_large = False
        self._channel = channel
        self._limits = limits
        self._begun = limits.clock()

    def is_too_slow(self, now: float) -> bool:
        """Whether it has had all the time that what came of it may take."""
        return bool(now - self._begun > SLOW_AFTER + self.body_bytes_received / SLOWEST)

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.content_length <= FORM_BYTES and not self.chunked:
            return
        refusal = self._find_refusal()
        if refusal is None:
            self.is_large = True
        else:
            self.error = _Refusal(refusal)
            self.completed, self.expect_continue = True, False

    def _find_refusal(self) -> Response | None:
        others = [one.request for one in self._channel.server.active_channels.values()]
        if sum(one is not None and one.is_large for one in others) >= MOST_FILES:
            return Response("正在接收的文件太多，请过几分钟再送。", 503)
        return self._limits.find_refusal(WSGITask(self._channel, self).get_environment())


class _Refusal:
    """An answer in the form of waitress's own errors, after which the connection is closed."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    def to_response(self, ident: str | None) -> tuple[str, list[tuple[str, str]], bytes]:
        headers = [(key, value) for key, value in self._answer.headers if key.lower() != "content-length"]
        return self._answer.status, headers, self._answer.get_data()
