"""What can go wrong with a call."""

from typing import Any


class OnstageClientError(Exception):
    """Base of everything this package raises."""


class ConnectionFailedError(OnstageClientError):
    """No answer came, after all retries."""


class ApiError(OnstageClientError):
    """The server refused. `code` is stable and is what to branch on; docs/guides/errors.md lists them.

    `fix` says what to do, `errors` which fields were wrong (`path`, `problem`).
    """

    def __init__(self, status: int, problem: dict[str, Any], retry_after_s: float | None = None) -> None:
        self.status = status
        self.code: str = problem.get("code", "unknown")
        self.title: str = problem.get("title", "")
        self.detail: str = problem.get("detail", "")
        self.expected: str | None = problem.get("expected")
        self.fix: str = problem.get("fix", "")
        self.errors: list[dict[str, str]] = problem.get("errors", [])
        self.retry_after_s = retry_after_s
        wrong = "; ".join(f"{one['path']}: {one['problem']}" for one in self.errors)
        super().__init__(f"{status} {self.code}: {self.detail} {wrong or self.fix}".strip())
