"""The review page's server: this machine only, behind a random token, and nothing but listed images.

Whatever the page asks for lies below ``/TOKEN/``; anything else is answered 403. Images are asked for by
number, so no request can name a file. Answers forbid the browser to load, frame or send anything elsewhere.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

import pydantic
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from framejudge.datasets.errors import InputError
from framejudge.datasets.images.decode import UnreadableImage
from framejudge.datasets.review.decisions import Decision, Intent, Journal, JournalError, Verdict, own_verdict
from framejudge.datasets.review.items import (
    Filter,
    Item,
    Status,
    find_page,
    items_of,
    measure_progress,
    others,
)
from framejudge.datasets.review.thumbnails import LARGE_PX, TILE_PX, Thumbnails
from framejudge.datasets.table.sample import Dataset, Label

HOST = "127.0.0.1"
ALLOWED_HOSTS = (HOST, "localhost")
"""Other names that lead here are refused: a foreign page could rebind its own name to this machine."""

MAX_PAGE_ITEMS = 200
MAX_BODY_BYTES = 256 * 1024
MAX_REVIEWER_LENGTH = 60

_MEDIA_TYPES: Mapping[str, str] = {
    ".html": "text/html",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".js": "text/javascript",
}
_STATIC = files("framejudge.datasets.review").joinpath("static")

_HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # the address holds the token
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_FRESH = {"cache-control": "no-store"}
_FOR_THIS_SESSION = {"cache-control": "private, max-age=86400, immutable"}

ReviewerName = Annotated[
    str,
    pydantic.StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_REVIEWER_LENGTH, pattern=r"^\P{C}+$"
    ),
]


class PageRequest(pydantic.BaseModel):
    """The query of ``api/items``."""

    model_config = pydantic.ConfigDict(extra="forbid")

    reviewer: ReviewerName
    proposed: Label | None = None
    status: Status = "todo"
    source: str = ""
    low: float | None = None
    high: float | None = None
    after: int = -1
    before: int | None = None
    limit: int = pydantic.Field(default=48, ge=1, le=MAX_PAGE_ITEMS)

    @property
    def filter(self) -> Filter:
        """The part that says which images match."""
        return Filter(self.proposed, self.status, self.source, self.low, self.high)


class Choice(pydantic.BaseModel):
    """One decision as the page sends it."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    number: int = pydantic.Field(ge=0)
    verdict: Verdict
    based_on: int = pydantic.Field(ge=0)


class DecisionsRequest(pydantic.BaseModel):
    """The body of ``api/decisions``."""

    model_config = pydantic.ConfigDict(extra="forbid")

    reviewer: ReviewerName
    decisions: list[Choice] = pydantic.Field(min_length=1, max_length=MAX_PAGE_ITEMS)


@dataclass(frozen=True, slots=True)
class _Review:
    """One folder under review, and the answers about it."""

    dataset: Dataset
    items: tuple[Item, ...]
    journal: Journal
    thumbnails: Thumbnails
    reviewer: str

    def describe(self, request: Request) -> Response:
        scores = [item.score for item in self.items if item.score is not None]
        return JSONResponse(
            {
                "name": self.dataset.name,
                "images": len(self.items),
                "reviewer": self.reviewer,
                "sources": sorted({item.source for item in self.items if item.source}),
                "scores": [min(scores), max(scores)] if scores else None,
                "journal": str(self.journal.file),
            },
            headers=_FRESH,
        )

    def show_items(self, request: Request) -> Response:
        wanted = PageRequest.model_validate(dict(request.query_params))
        standing = self.journal.standing()
        page = find_page(
            self.items,
            standing,
            wanted.reviewer,
            wanted.filter,
            limit=wanted.limit,
            after=wanted.after,
            before=wanted.before,
        )
        shown = [_shown(item, standing.get(item.path, {}), wanted.reviewer) for item in page.items]
        return JSONResponse(
            {
                "items": shown,
                "matching": page.matching,
                "before": page.before,
                "after": page.after,
                "progress": asdict(measure_progress(self.items, standing, wanted.reviewer)),
            },
            headers=_FRESH,
        )

    async def decide(self, request: Request) -> Response:
        asked = DecisionsRequest.model_validate_json(await _limited_body(request))
        return await run_in_threadpool(self._record, asked)  # an fsync may take its time

    def _record(self, asked: DecisionsRequest) -> Response:
        numbers = [choice.number for choice in asked.decisions]
        if max(numbers) >= len(self.items) or len(set(numbers)) < len(numbers):
            return _refuse(400, "each decision is about another image of this set")
        intents = [
            Intent(item.path, choice.verdict, choice.based_on, item.label)
            for choice in asked.decisions
            for item in (self.items[choice.number],)
        ]
        outcomes = self.journal.record(asked.reviewer, intents)
        standing = self.journal.standing()
        results = [
            {"saved": outcome.saved, **_shown(item, standing.get(item.path, {}), asked.reviewer)}
            for outcome, item in zip(outcomes, (self.items[number] for number in numbers), strict=True)
        ]
        progress = measure_progress(self.items, standing, asked.reviewer)
        return JSONResponse({"results": results, "progress": asdict(progress)}, headers=_FRESH)

    def show_thumbnail(self, request: Request) -> Response:
        return self._render(request, TILE_PX)

    def show_picture(self, request: Request) -> Response:
        return self._render(request, LARGE_PX)

    def _render(self, request: Request, longest_side_px: int) -> Response:
        number: int = request.path_params["number"]
        if number >= len(self.items):
            return _refuse(404, "no such image")
        data = self.thumbnails.render(self.items[number].path, longest_side_px)
        return Response(data, media_type="image/jpeg", headers=_FOR_THIS_SESSION)


def create_app(dataset: Dataset, journal: Journal, *, token: str, reviewer: str) -> ASGIApp:
    """Make the application for one set.

    Parameters
    ----------
    token
        The secret part of the address; ``new_token()`` makes one.
    reviewer
        The name that the page begins with; each tab can be someone else's.
    """
    review = _Review(dataset, items_of(dataset), journal, Thumbnails(dataset.root), reviewer)
    routes = [
        Route("/", _static("review.html")),
        *(Route(f"/{file.name}", _static(file.name)) for file in _STATIC.iterdir()),
        Route("/api/set", review.describe),
        Route("/api/items", review.show_items),
        Route("/api/decisions", review.decide, methods=["POST"]),
        Route("/thumbnail/{number:int}", review.show_thumbnail),
        Route("/picture/{number:int}", review.show_picture),
    ]
    app = Starlette(
        routes=[Mount(f"/{token}", routes=routes)],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(ALLOWED_HOSTS), www_redirect=False),
            Middleware(_TokenGuard, token=token),
        ],
        exception_handlers={
            pydantic.ValidationError: _answer_invalid,
            JournalError: _answer_unsaved,
            UnreadableImage: _answer_unreadable,
        },
    )
    app.router.redirect_slashes = False
    return _SafeHeaders(app)  # outermost, so that refusals and failures carry the headers too


def check_reviewer(name: str) -> str:
    """Return a reviewer's name as the page takes it.

    Raises
    ------
    InputError
        For an empty name, a long one, or one with control characters.
    """
    try:
        return pydantic.TypeAdapter(ReviewerName).validate_python(name)
    except pydantic.ValidationError:
        raise InputError(
            f"not a reviewer's name: {name!r}",
            where="--reviewer",
            fix=f"1 to {MAX_REVIEWER_LENGTH} printable characters",
        ) from None


def new_token() -> str:
    """Return a fresh secret for the address."""
    return secrets.token_urlsafe(24)


def listen(port: int) -> socket.socket:
    """Bind a port of this machine that no other machine can reach; 0 takes a free one.

    Raises
    ------
    OSError
        When the port is taken.
    """
    # Named as TCP, else asyncio leaves Nagle's algorithm on: each answer waits 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


class _TokenGuard:
    """Answers 403 to every path that does not begin with the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or secrets.compare_digest(_first_segment(scope), self._token):
            await self._app(scope, receive, send)
            return
        answer = _refuse(403, "this address needs the token that `bench dataset review` printed")
        await answer(scope, receive, send)


def _first_segment(scope: Scope) -> bytes:
    path: str = scope["path"]
    return path.removeprefix("/").partition("/")[0].encode("utf-8", "surrogateescape")


class _SafeHeaders:
    """Adds the security headers to every answer, refusals included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _shown(item: Item, by_reviewer: Mapping[str, Decision], reviewer: str) -> dict[str, Any]:
    own = by_reviewer.get(reviewer)
    return {
        "number": item.number,
        "path": item.path,
        "label": item.label,
        "proposed": item.proposed,
        "score": item.score,
        "source": item.source,
        "problem": item.problem,
        "verdict": own_verdict(by_reviewer, reviewer),
        "version": own.version if own else 0,
        "others": others(by_reviewer, reviewer),
    }


def _static(name: str) -> Callable[[Request], Response]:
    media_type = f"{_MEDIA_TYPES[Path(name).suffix]}; charset=utf-8"
    return lambda request: Response(_static_bytes(name), media_type=media_type, headers=_FRESH)


@cache
def _static_bytes(name: str) -> bytes:
    return _STATIC.joinpath(name).read_bytes()


async def _limited_body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise HTTPException(413, f"a request of more than {MAX_BODY_BYTES:,} bytes")
    return bytes(body)


def _refuse(status: int, why: str) -> Response:
    return PlainTextResponse(why, status_code=status, headers=_FRESH)


def _answer_invalid(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, pydantic.ValidationError)
    first = problem.errors(include_url=False, include_input=False)[0]
    return _refuse(400, f"{'.'.join(map(str, first['loc']))}: {first['msg']}")


def _answer_unsaved(request: Request, problem: Exception) -> Response:
    return _refuse(507, str(problem))


def _answer_unreadable(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, UnreadableImage)
    return _refuse(422, problem.what)
