"""Every refusal: its code, and the HTTP status that it has where it is an HTTP answer."""

from __future__ import annotations

COMMAND_CODES = (
    "malformed",
    "unknown-command",
    "not-joined",
    "name-taken",
    "name-invalid",
    "name-reserved",
    "pin-required",
    "pin-wrong",
    "room-full",
    "room-locked",
    "was-removed",
    "gap",
    "text-empty",
    "text-too-long",
    "image-type",
    "image-too-large",
    "file-name",
    "file-size",
    "too-many-files",
    "unknown-offer",
    "unknown-entry",
    "unknown-member",
    "offer-closed",
    "not-yours",
    "not-host",
    "slow-down",
    "storage-full",
    "internal",
)
"""The codes that an acknowledgement can carry, in the contract's order."""

CONTENT_CODES = frozenset(
    {
        "text-empty",
        "text-too-long",
        "image-type",
        "image-too-large",
        "file-name",
        "file-size",
        "too-many-files",
    }
)
"""The refusals that take their mid: sending the same again would be refused again."""

HTTP_STATUS = {
    "malformed": 400,
    "bad-origin": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "wrong-offset": 409,
    "offer-closed": 410,
    "too-large": 413,
    "range-invalid": 416,
    "bad-host": 421,
    "not-wanted": 423,
    "slow-down": 429,
    "internal": 500,
    "storage-full": 507,
}
"""The codes that an HTTP answer can carry, with their status."""


class Refused(Exception):
    """A clear no: a code of the contract, and what else the client can use (`at`, `expected`, `retry_ms`)."""

    def __init__(self, code: str, **details: str | int) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    @property
    def status(self) -> int:
        """The HTTP status of this refusal; 400 for a code that has none of its own."""
        return HTTP_STATUS.get(self.code, 400)

    def __str__(self) -> str:
        """For the log: the code and what belongs to it."""
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.details.items())])

    def answer(self) -> dict[str, object]:
        """The acknowledgement: {"ok": false, "code": ..., **details}."""
        return {"ok": False, "code": self.code, **self.details}
