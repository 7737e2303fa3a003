"""Who may look: the token, the name that the page was asked for by, and what a browser may do with the answer."""

import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})

_HEADERS = {
    # No inline script or style, nothing from elsewhere, no frame around it. Charts are drawn without eval.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_ENTER = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>sweep dashboard</title>'
    '<link rel="icon" href="/static/icon.svg">'
    '<meta http-equiv="refresh" content="0;url={0}"><p><a href="{0}">To the dashboard</a></p></html>'
)
_REFUSED = "This dashboard needs its token: open the address that `sweep dashboard` printed.\n"


class TokenAuth:
    """Middleware in front of every page.

    Args:
        token: what a visitor must show, in the address once, then in a cookie; "" = nothing.
        names: hosts that the page may be asked for by, so that no other site's name can be pointed at it (DNS
            rebinding); empty = any.
    """

    def __init__(self, app: ASGIApp, token: str, names: Iterable[str], port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._names = frozenset(names)
        # Cookies know no ports: two dashboards on one host must not take each other's.
        self._cookie = f"sweep-dashboard-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                # Files of ours are asked for again, but sent only when they have changed.
                static = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "no-cache" if static else "no-store")
            await send(message)

        answer = self._refusal(scope) or self._app
        await answer(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._names and _host(headers.get("host", "")) not in self._names:
            return PlainTextResponse("This dashboard answers to localhost only.\n", 421)
        if not self._token:
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = dict(query).get("token")
        if given is not None and self._right(given):
            return self._welcome(scope["path"], [(name, value) for name, value in query if name != "token"])
        if self._right(_bearer(headers)) or self._right(_cookie(headers, self._cookie)):
            return None
        return PlainTextResponse(_REFUSED, 401, {"WWW-Authenticate": "Bearer"})

    def _welcome(self, path: str, query: list[tuple[str, str]]) -> Response:
        """Move the token from the address into a cookie. No redirect: a browser that comes from another site's link
        would not send a strict cookie along with it."""
        # One slash in front: two would name another host.
        target = "/" + quote(path.lstrip("/\\")) + (f"?{urlencode(query)}" if query else "")
        answer = HTMLResponse(_ENTER.format(target.replace("&", "&amp;").replace('"', "%22")))
        answer.set_cookie(self._cookie, self._token.decode(), httponly=True, samesite="strict", path="/")
        return answer

    def _right(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self._token)


def _host(header: str) -> str:
    """Return the host without its port."""
    if header.startswith("["):
        return header.partition("]")[0].lower() + "]"
    return header.partition(":")[0].lower()


def _bearer(headers: Headers) -> str:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return "" if found is None else found.value
