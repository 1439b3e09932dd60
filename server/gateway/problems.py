"""Problems as `application/problem+json`: every way a request can fail ends in one entry of `sync/errors.py`, never in a stack."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from server.store.contract import StoreTrouble
from sync.errors import PROBLEMS
from sync.messages import ProblemBody

alarm = logging.getLogger("zaigang.alarm")
MEDIA_TYPE = "application/problem+json"
BY_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 401: "login_required", 403: "forbidden", 503: "busy"}


class ProblemError(Exception):
    """A request cannot be served. `id` from the registry; `params` fill its sentence; `headers` go with it."""

    def __init__(
        self,
        id: str,
        params: Mapping[str, str | int] | None = None,
        retry_after_s: int | None = None,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(id)
        self.id = id
        self.params = dict(params or {})
        self.retry_after_s = retry_after_s
        self.headers = tuple(headers)


def problem_of(error: Exception) -> ProblemError:
    """The problem behind any exception; one that nobody expected is logged and told as `internal`."""
    match error:
        case ProblemError():
            return error
        case StoreTrouble():
            return ProblemError("storage_full" if error.full else "busy", retry_after_s=5)
        case HTTPException() if error.status_code < 500 or error.status_code in BY_STATUS:
            return ProblemError(BY_STATUS.get(error.status_code, "malformed"))
        case RecursionError():
            return ProblemError("malformed")
    alarm.error("a request failed", exc_info=error)
    return ProblemError("internal")


def problem_body(problem: ProblemError) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of a problem."""
    entry = PROBLEMS[problem.id]
    body = msgspec.json.encode(ProblemBody(entry.id, entry.status, entry.text, entry.retry, problem.params))
    headers = [("content-type", MEDIA_TYPE), *problem.headers]
    if problem.retry_after_s is not None:
        headers.append(("retry-after", str(problem.retry_after_s)))
    return entry.status, headers, body


def answer_problem(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Litestar's exception handler for everything."""
    status, headers, body = problem_body(problem_of(error))
    return Response(body, status_code=status, headers=dict(headers[1:]), media_type=MEDIA_TYPE)
