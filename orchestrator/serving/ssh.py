"""OpenSSH as the one door to a serving host: the URL, the command lines, and what its refusals mean."""

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.serving.facts import HostFacts, parse

FIELD = "--join"
_FIX = "use ssh://[USER@]HOST[:PORT][/HOME], as `sweep serve` prints it"
_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]+(%[A-Za-z0-9_.-]+)?")
_ASK_SECONDS = 60
_NOT_SERVED = 3
_OPTIONS = (
    "BatchMode=yes",  # nobody is there to type a password
    "ConnectTimeout=15",
    "ServerAliveInterval=10",
    "ServerAliveCountMax=3",
    "ControlMaster=no",
    "ControlPath=none",  # a connection of our own, which ends when we end it
    "ClearAllForwardings=no",
    "ExitOnForwardFailure=yes",
    "StreamLocalBindUnlink=yes",
    "StreamLocalBindMask=0177",
    "PermitLocalCommand=no",
)
_REASONS = (
    ("Host key verification failed", "its host key is not known here, or has changed; connect once by hand: {by_hand}"),
    ("Permission denied", "it lets nobody in without a password; set up a key: ssh-copy-id {target}"),
    ("Could not resolve hostname", "its name is not known; check HOST"),
    ("administratively prohibited", "its sshd forbids forwarding; set AllowStreamLocalForwarding yes there"),
    ("Could not request local forwarding", "a socket of ours cannot be made here"),
)
_USUAL_HOMES = (
    '"${SWEEP_HOME:-}"',
    '"${XDG_DATA_HOME:-$HOME/.local/share}/prunesweep"',
    '"$HOME/Library/Application Support/prunesweep"',
)


@dataclass(frozen=True)
class SshTarget:
    """A host to join. host: name or address; home: its SWEEP_HOME, "" = the usual place; user, port: "" = ssh's own."""

    host: str
    user: str = ""
    port: str = ""
    home: str = ""

    @property
    def shown(self) -> str:
        """What ssh takes as its destination, and people read."""
        return f"{self.user}@{self.host}" if self.user else self.host

    @property
    def words(self) -> list[str]:
        """Port and destination, as arguments of ssh; no part can be taken for an option."""
        return [*(["-p", self.port] if self.port else []), "--", self.shown]


@dataclass(frozen=True)
class Forward:
    """local: a unix socket's path, or 127.0.0.1:PORT; remote: a unix socket's path on the host."""

    local: str
    remote: str


def parse_target(url: str) -> SshTarget:
    """Return the host that a URL names.

    Raises:
        UserError: it is no such URL.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise UserError(FIELD, "…", _FIX) from None
    if parts.password is not None:
        raise UserError(FIELD, "ssh://…", "holds a password; use a key (ssh-copy-id), and leave it out")
    at = parts.netloc.lower().rfind(host)
    host = unquote(parts.netloc[at : at + len(host)])  # as written: ~/.ssh/config tells capitals apart
    home = unquote(parts.path).rstrip("/")
    user = parts.username or ""
    sound = (_NAME.fullmatch(host) or _ADDRESS.fullmatch(host)) and (not user or _NAME.fullmatch(user))
    if parts.scheme != "ssh" or not sound or parts.query or parts.fragment or port == 0 or not home.isprintable():
        raise UserError(FIELD, url, _FIX)
    return SshTarget(host, user, str(port or ""), home)


def find_ssh() -> str:
    """Return the OpenSSH client.

    Raises:
        UserError: there is none.
    """
    found = shutil.which("ssh")
    if found is None:
        raise UserError(FIELD, "", "needs OpenSSH's ssh on PATH; install openssh-client")
    return found


def ask_facts(target: SshTarget) -> HostFacts:
    """Return what the host tells those who join.

    Raises:
        UserError: it cannot be reached, lets us not in, or serves nothing.
    """
    asked = [*_command(), *target.words, f"sh -c {shlex.quote(_ask_script(target.home))}"]
    try:
        ran = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_ASK_SECONDS)
    except subprocess.TimeoutExpired:
        raise UserError(FIELD, target.shown, f"did not answer within {_ASK_SECONDS} s") from None
    if ran.returncode == _NOT_SERVED:
        where = target.home or "the usual SWEEP_HOME"
        raise UserError(FIELD, target.shown, f"nothing is served from {where} there; start on that host: sweep serve")
    if ran.returncode != 0:
        raise UserError(FIELD, target.shown, reason(ran.stderr, target))
    facts = parse(ran.stdout)
    if facts is None:
        raise UserError(FIELD, target.shown, "answers nothing that we understand; install the same version on both")
    return facts


def _ask_script(home: str) -> str:
    """Return the lines that a host's shell runs. Needs no prunesweep on the host's PATH, which a login by a program
    seldom has."""
    usual = " ".join(_USUAL_HOMES)
    places = shlex.quote(home) if home else usual
    return f'for h in {places}; do f="$h/serve/facts.json"; [ -f "$f" ] && exec cat "$f"; done; exit {_NOT_SERVED}'


def forwarding(target: SshTarget, forwards: tuple[Forward, ...]) -> list[str]:
    """Return the command that holds a connection with these forwards until it is ended."""
    given = [word for forward in forwards for word in ("-L", f"{forward.local}:{forward.remote}")]
    return [*_command(), "-N", *given, *target.words]


def _command() -> list[str]:
    """-a, -x: nobody on the host gets at our agent or display; -T: no terminal."""
    return [find_ssh(), "-a", "-x", "-T", *(word for option in _OPTIONS for word in ("-o", option))]


def reason(said: str, target: SshTarget) -> str:
    """Return in one line why ssh ended, and what helps."""
    by_hand = " ".join(["ssh", *(word for word in target.words if word != "--")])
    for mark, meaning in _REASONS:
        if mark in said:
            return meaning.format(by_hand=by_hand, target=" ".join(word for word in target.words if word != "--"))
    lines = [line.strip() for line in said.splitlines() if line.strip() and not line.startswith("Warning:")]
    return f"cannot be reached: {lines[-1][:200] if lines else 'ssh ended without a word'}; try by hand: {by_hand}"


def last_words(log: Path) -> str:
    """Return what ssh wrote to its log."""
    try:
        return log.read_text(errors="replace")[-4000:]
    except OSError:
        return ""
