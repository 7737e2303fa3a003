"""URLs as users write them: checked, brought into one spelling, and shown without their secrets."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from prunesweep.core.errors import UserError

_SHOWN = frozenset(
    (
        "sslmode",
        "sslrootcert",
        "sslcert",
        "host",
        "port",
        "user",
        "dbname",
        "application_name",
        "connect_timeout",
        "target_session_attrs",
        "options",
        "channel_binding",
        "ssl_cert_reqs",
        "ssl_ca_certs",
        "ssl_certfile",
        "ssl_check_hostname",
        "virtual_host",
        "db",
        "endpoint",
        "region",
    )
)
"""Options whose values are shown. All others are hidden, as a name may be misspelt."""

_ESCAPES = "write /, @, :, ; and % in a password as %2F, %40, %3A, %3B, %25"
_BROKER_FIX = "use redis://:password@host:6379/0, rediss://… or redis+socket:///path/to.sock"
_HOSTS = re.compile(r"(\[[^\]]*\](:\d{0,5})?|[^:,]+(:\d{0,5})?)(,(\[[^\]]*\](:\d{0,5})?|[^:,]+(:\d{0,5})?))*|")

_CERT_REQS = {"required": "required", "optional": "optional", "none": "none"}
_CERT_REQS |= {f"CERT_{name.upper()}": name for name in tuple(_CERT_REQS)}
_TLS_FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_TLS_OPTIONS = ("ssl_cert_reqs", "ssl_check_hostname", "ssl_password", *_TLS_FILES)


def mask(url: str) -> str:
    """Return the URL with its password, and every query value that is not known to be harmless, replaced by `***`.

    Works on the text, so that a malformed URL hides its password as well; where it is not clear what is the
    password, everything after the scheme is hidden.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "***" if url else ""
    place, *options = re.split(r"([?&;#])", rest)
    if any("@" in option for option in options):
        # A password with an unescaped `?`, or a query value with an unescaped `@`: who can tell?
        return f"{scheme}://***"
    # The last @ ends the login, whatever the password holds.
    login, at, host = place.rpartition("@")
    if not _HOSTS.fullmatch(host.partition("/")[0]):
        host = "***"  # `user:password` whose host was forgotten
    user, colon, _ = login.partition(":")
    if at and not colon and scheme.startswith("redis"):
        user = "***"  # Redis has no use for a user without a password: this is the password
    return f"{scheme}://{user}{':***' if colon else ''}{at}{host}{''.join(map(_mask_option, options))}"


def _mask_option(text: str) -> str:
    name, equals, _ = text.partition("=")
    if not equals:  # a separator, or the rest of a value that has one in it
        return text if text in ("", "?", "&", ";", "#") else "***"
    return text if name in _SHOWN else f"{name}=***"


def database_url(text: str, field: str = "SWEEP_DATABASE_URL") -> str:
    """Return a SQLAlchemy URL for what the user gave; `postgres://` and `postgresql://` get the psycopg driver.

    Raises:
        UserError: neither PostgreSQL nor SQLite, or a password whose end is not clear.
    """
    text = text.strip()
    if not text:
        return ""
    scheme, _, rest = text.partition("://")
    if scheme == "sqlite":
        return text
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise UserError(field, mask(text), "use postgresql://user:password@host/database or sqlite:///FILE")
    # The driver takes the first @ for the password's end; the rest of a password would be named as the host.
    _, _, after = rest.partition("@")
    if "@" in after or "\0" in unquote(text) or not text.isprintable():
        raise UserError(field, mask(text), f"is no URL; {_ESCAPES}")
    return f"postgresql+psycopg://{rest}"


def broker_url(text: str, field: str) -> str:
    """Return a Redis URL that kombu and redis-py understand alike; "" for "".

    `rediss://` verifies the server's certificate and name unless the URL says otherwise (kombu's own default is to
    trust anybody); the options are `ssl_cert_reqs` (required, optional or none), `ssl_ca_certs`, `ssl_certfile`,
    `ssl_keyfile`, `ssl_password` and `ssl_check_hostname` (true or false).

    Raises:
        UserError: not a Redis URL, an unknown option, or a file that isn't there.
    """
    text = text.strip()
    if not text:
        return ""
    scheme, _, rest = text.partition("://")
    if scheme in ("unix", "redis+socket"):
        return _socket_url(text, rest, field)
    if scheme not in ("redis", "rediss"):
        raise UserError(field, mask(text), _BROKER_FIX)
    try:
        parts = urlsplit(text)
        sound = parts.port is None or parts.port > 0
    except ValueError:
        sound = False
    # kombu takes `;` for the start of another broker's URL.
    if not sound or "@" in text.replace(parts.netloc, "", 1) or ";" in text or not text.isprintable() or parts.fragment:
        raise UserError(field, mask(text), f"is no URL; {_ESCAPES}")
    if parts.username and parts.password is None:
        raise UserError(field, mask(text), "has a user but no password; write redis://:PASSWORD@host")
    if not re.fullmatch(r"(/\d{0,5})?", parts.path):
        raise UserError(field, mask(text), f"the part after the host is a database's number; {_BROKER_FIX}")
    options = _tls_options(text, parts.query, scheme, field)
    return parts._replace(query=urlencode(options, safe="/")).geturl()


def _socket_url(text: str, rest: str, field: str) -> str:
    place, _, query = rest.partition("?")
    if not re.fullmatch(r"((virtual_host|db)=\d{1,5})?", query):
        raise UserError(field, mask(text), "the one option is virtual_host=NUMBER, which chooses a database")
    if "/" not in place or ";" in place or not text.isprintable():
        raise UserError(field, mask(text), _BROKER_FIX)
    return f"redis+socket://{place}" + (f"?virtual_host={query.partition('=')[2]}" if query else "")


def _tls_options(text: str, query: str, scheme: str, field: str) -> dict[str, str]:
    given = dict(parse_qsl(query, keep_blank_values=True))
    known = _TLS_OPTIONS if scheme == "rediss" else ()
    for name, value in given.items():
        if name not in known:
            fix = f"unknown option {name!r}; known: {', '.join(known) or 'none (ssl_… go with rediss://)'}"
            raise UserError(field, mask(text), fix)
        if name in _TLS_FILES and ("\0" in value or not Path(value).is_file()):
            raise UserError(field, mask(text), f"{name}: no such file {value!r}")
    if scheme == "redis":
        return {}
    verify = _CERT_REQS.get(given.get("ssl_cert_reqs", "required"))
    if verify is None:
        raise UserError(field, mask(text), "ssl_cert_reqs is one of required, optional, none")
    if given.get("ssl_check_hostname", "true") not in ("true", "false"):
        raise UserError(field, mask(text), "ssl_check_hostname is true or false")
    return {"ssl_cert_reqs": verify, **{name: value for name, value in given.items() if name != "ssl_cert_reqs"}}
