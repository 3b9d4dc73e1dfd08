"""How Google says no: the status, the JSON error body, and the few detail messages the product looks at.

Sheets answers in the form of google.rpc.Status; Drive v3 adds the older list `errors` with a reason of its own.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class Refusal(Exception):
    """An answer other than 200. `body` is what is sent instead of the result."""

    def __init__(
        self, status: int, message: str, *, details: list[Json] | None = None, reason: str = "", name: str = ""
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.details, self.reason = status, message, details, reason
        self.name = name or _NAMES[status]

    def body(self, *, drive: bool = False) -> Json:
        error: Json = {"code": self.status, "message": self.message}
        if drive:
            error["errors"] = [{"message": self.message, "domain": "global", "reason": self.reason or "backendError"}]
        if not drive or self.details:
            error["status"] = self.name
        if self.details:
            error["details"] = self.details
        return {"error": error}


def invalid(message: str) -> Refusal:
    return Refusal(400, message, reason="badRequest")


def unsupported(what: str) -> Refusal:
    """Google knows it, this server does not: add it here before the product uses it."""
    return Refusal(501, f"The fake does not know {what}.")


def no_permission() -> Refusal:
    return Refusal(403, "The caller does not have permission", reason="insufficientFilePermissions")


def no_spreadsheet() -> Refusal:
    return Refusal(404, "Requested entity was not found.", reason="notFound")


def not_a_spreadsheet() -> Refusal:
    """An Office file in Drive that was never converted."""
    return Refusal(400, "This operation is not supported for this document", name="FAILED_PRECONDITION")


def no_file(file: str) -> Refusal:
    return Refusal(404, f"File not found: {file}.", reason="notFound")


def unauthenticated() -> Refusal:
    return Refusal(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        reason="authError",
    )


def unavailable() -> Refusal:
    return Refusal(503, "The service is currently unavailable.", reason="backendError")


def internal() -> Refusal:
    return Refusal(500, "Internal error encountered.", reason="internalError")


_APIS = {"sheets.googleapis.com": "Google Sheets API", "drive.googleapis.com": "Google Drive API"}


def service_disabled(service: str, project: str) -> Refusal:
    """The API was never switched on in the project the credential belongs to."""
    link = f"https://console.developers.google.com/apis/api/{service}/overview?project={project}"
    metadata = {
        "service": service,
        "consumer": f"projects/{project}",
        "serviceTitle": _APIS[service],
        "containerInfo": project,
        "activationUrl": link,
    }
    return Refusal(
        403,
        f"{_APIS[service]} has not been used in project {project} before or it is disabled. Enable it by visiting {link} "
        "then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems "
        "and retry.",
        details=[_help("Google developers console API activation", link), _error_info("SERVICE_DISABLED", metadata)],
        reason="accessNotConfigured",
    )


def quota_exceeded(kind: str, per_user: bool, limit: int, project: str) -> Refusal:
    """`kind`: Read or Write."""
    scope = "per minute per user" if per_user else "per minute"
    metadata = {
        "service": "sheets.googleapis.com",
        "consumer": f"projects/{project}",
        "quota_metric": f"sheets.googleapis.com/{kind.lower()}_requests",
        "quota_limit": f"{kind}RequestsPerMinutePer{'User' if per_user else 'Project'}",
        "quota_limit_value": str(limit),
        "quota_location": "global",
    }
    return Refusal(
        429,
        f"Quota exceeded for quota metric '{kind} requests' and limit '{kind} requests {scope}' of service "
        f"'sheets.googleapis.com' for consumer 'project_number:{project}'.",
        details=[
            _error_info("RATE_LIMIT_EXCEEDED", metadata),
            _help("Request a higher quota limit.", "https://cloud.google.com/docs/quotas/help/request_increase"),
        ],
        reason="rateLimitExceeded",
    )


def _help(description: str, link: str) -> Json:
    return {"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": description, "url": link}]}


def _error_info(reason: str, metadata: Json) -> Json:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": metadata,
    }
