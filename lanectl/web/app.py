"""What the browser asks for: the page, its words, the newest status, and the stream of statuses."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lanectl.web.feed import Feed, Source
from lanectl.wording import LANGUAGES, words

HERE = Path(__file__).parent
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
SHA256 = re.compile("[0-9a-f]{64}")
PICTURES = (".jpg", ".png")
RETRY_MS = 500  # how soon a browser comes back


class _Seq(msgspec.Struct):
    seq: int


def application(source: Source, hosts: Sequence[str], ending: Callable[[], bool], evidence: Path | None = None) -> Starlette:
    """`hosts`: the names under which the page may be asked for; others are refused (DNS rebinding).

    `ending` says that the server wants to end: a stream never ends by itself. `evidence`: folder of the pictures of plates.
    """
    feed = Feed(source, lambda line: msgspec.json.decode(line, type=_Seq).seq)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.feed, app.state.ending, app.state.evidence = feed, ending, evidence
        async with feed.listening():
            yield

    return Starlette(
        routes=[
            Route("/", _page),
            Route("/status.json", _status),
            Route("/events", _events),
            Route("/words/{lang}.json", _words),
            Route("/evidence/{sha256}", _picture),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)), Middleware(_Headers)],
        lifespan=lifespan,
    )


class _Headers:
    """Nothing is loaded from outside, nothing may frame the page, nothing is kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


_pages = Environment(loader=FileSystemLoader(HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)


async def _page(request: Request) -> HTMLResponse:
    lang = _language(request)
    table = words(lang)
    names = {code: words(code) for code in LANGUAGES}
    pictures = request.app.state.evidence is not None
    return HTMLResponse(_pages.get_template("page.html").render(lang=lang, words=table, languages=names, pictures=pictures))


def _language(request: Request) -> str:
    """As asked in the address, else the browser's first language that we have, else English."""
    asked = request.query_params.get("lang", "")
    accepted = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((lang for lang in (asked, *accepted) if lang in LANGUAGES), "en")


async def _words(request: Request) -> JSONResponse:
    lang = request.path_params["lang"]
    if lang not in LANGUAGES:
        raise HTTPException(404, f"no words in {lang}: ask for one of {', '.join(LANGUAGES)}")
    return JSONResponse(dict(words(lang)))


async def _picture(request: Request) -> FileResponse:
    """The frame that a plate was read from, by its hash."""
    folder, sha256 = request.app.state.evidence, request.path_params["sha256"]
    if folder is not None and SHA256.fullmatch(sha256):
        for path in (folder / f"{sha256}{suffix}" for suffix in PICTURES):
            if path.is_file():
                return FileResponse(path)
    raise HTTPException(404, "no such picture: the oldest are removed")


async def _status(request: Request) -> Response:
    return Response(_envelope(request.app.state.feed), media_type="application/json")


async def _events(request: Request) -> StreamingResponse:
    state = request.app.state
    return StreamingResponse(_stream(state.feed, state.ending), media_type="text/event-stream")


async def _stream(feed: Feed, ending: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Each browser gets the newest status only: a slow one misses some, it never makes others wait."""
    yield b"retry: %d\n\n" % RETRY_MS
    number, connected = 0, not feed.connected
    while not ending():
        newest = feed.newest
        if newest is not None and newest.number > number:
            number = newest.number
            yield b"id: %d\nevent: status\ndata: " % newest.seq + _envelope(feed) + b"\n\n"
        else:
            yield b"event: link\ndata: " + (b"true" if feed.connected else b"false") + b"\n\n"
        connected = feed.connected
        await feed.after(number, connected=connected)


def _envelope(feed: Feed) -> bytes:
    connected = b"true" if feed.connected else b"false"
    line = feed.newest.line.strip() if feed.newest else b"null"
    return b'{"connected":' + connected + b',"held_s":%.3f,"status":' % feed.held_s() + line + b"}"
