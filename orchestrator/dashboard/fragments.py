"""Pages in parts: a page is sent whole once, then only those of its parts that have changed."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from time import localtime, strftime
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from prunesweep.orchestrator.console import text

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Fragment:
    """A section of a page.

    Attributes:
        version: of its content.
        html: what stands in it.
    """

    name: str
    version: str
    html: Markup


class TemplatePages:
    """The templates. Everything that they are given is escaped."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("prunesweep.orchestrator.dashboard"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(_FILTERS)

    def part(self, name: str, template: str, **values: Any) -> Fragment:
        """Return one part, from `templates/parts/<template>.html`."""
        html = self._environment.get_template(f"parts/{template}.html").render(values)
        return Fragment(name, blake2b(html.encode(), digest_size=6).hexdigest(), Markup(html))  # noqa: S704 - escaped inside

    def page(self, template: str, **values: Any) -> str:
        """Return a whole page."""
        return self._environment.get_template(f"{template}.html").render(values)


def changed(parts: Iterable[Fragment], header: str) -> str:
    """Return those of the parts whose version isn't in the header (`name:version,…`), for htmx to put in place."""
    have = dict(item.strip().split(":", 1) for item in header.split(",") if ":" in item)
    return "".join(_section(part) for part in parts if have.get(part.name) != part.version)


def _section(part: Fragment) -> str:
    return (
        f'<div id="part-{part.name}" data-part="{part.name}" data-version="{part.version}" '
        f'hx-swap-oob="morph">{part.html}</div>\n'
    )


def key_of(sweep: Any) -> str:
    """Return its name; its number for a name that no address can hold as it is."""
    return sweep.name if _PLAIN.fullmatch(sweep.name) else str(sweep.id)


def sweep_url(sweep: Any) -> str:
    """Return its page's address."""
    return f"/sweeps/{key_of(sweep)}"


def compare_url(keys: Iterable[str], under: str = "") -> str:
    """Return the address of a page with these sweeps side by side, or of what is `under` it."""
    return f"/compare{under}?{urlencode([('sweep', key) for key in keys])}"


def _when(seconds: float | None, form: str = "%Y-%m-%d %H:%M") -> str:
    return text.MISSING if seconds is None else strftime(form, localtime(seconds))


_FILTERS: Mapping[str, Callable[..., str]] = {
    "duration": text.duration,
    "percent": text.percent,
    "number": text.number,
    "count": text.count,
    "size": text.size,
    "plural": text.plural,
    "when": _when,
    "sweep_url": sweep_url,
    "sweep_key": key_of,
    "compare_url": lambda sweeps: compare_url(map(key_of, sweeps)),
}
