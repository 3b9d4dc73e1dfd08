"""Pages of our own beside Streamlit's: plain HTML that loads nothing from anywhere and is kept nowhere."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.responses import HTMLResponse, Response

from pages.parts.markup import escaped


def page(
    title: str,
    content: str,
    css: str,
    *,
    status: int = 200,
    script: str = "",
    posts: bool = False,
    images: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page that may run nothing but our own script and, where it `posts`, send its forms to us and nobody else. `images`: it shows
    photos of ours."""
    nonce = secrets.token_urlsafe(16)
    text = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escaped(title)}</title><link rel="icon" href="data:,"><style nonce="{nonce}">{css}</style></head>'
        f"<body>{content}" + (f'<script nonce="{nonce}">{script}</script>' if script else "") + "</body></html>"
    )
    pictures = "'self' data:" if images else "data:"
    action = "'self'" if posts else "'none'"
    policy = {
        "Content-Language": "zh-CN",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin" if posts else "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": f"default-src 'none'; img-src {pictures}; style-src 'nonce-{nonce}'; "
        f"script-src 'nonce-{nonce}'; base-uri 'none'; form-action {action}; frame-ancestors 'none'",
    }
    return HTMLResponse(text, status, {**policy, **(headers or {})})
