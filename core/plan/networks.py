"""Networks that are not ours: torchvision's, timm's, and functions of the user's own files.

In a plan such a network is a name that decides its code, so that equal digests mean equal code:

- `torchvision==0.28.0:mobilenet_v3_small` and `timm==1.0.31:vit_tiny_patch16_224:{"img_size":32}`: library, version
  (without its local part: `+cpu` and `+cu130` are one source), name, and keyword arguments as canonical JSON;
- `file:mine.py:net:SHA-256:{"arguments":{…},"packages":{"numpy":"2.3.1"}}`: file, function, hash of the file's bytes,
  keyword arguments, and the versions of the packages that it imports (torch is left out: as for our own networks, what
  a stage ran with is recorded beside its result).

Nothing of a library or a file is run here; a file is read, parsed and hashed.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan.models import MODELS
from prunesweep.core.plan.own_files import imported, read_own_file, submitted_source
from prunesweep.core.plan.suggestions import did_you_mean

LIBRARIES = ("torchvision", "timm")
FILE = "file"
_LONGEST_ARGUMENTS = 2000
_NEVER_ARGUMENTS = {
    "num_classes": "follows the dataset's classes",
    **dict.fromkeys(
        ("weights", "weights_backbone", "pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "checkpoint_path"),
        "would bring weights of its own; the initial ones follow from the seed",
    ),
}
_FORMS = ("torchvision:NAME", "timm:NAME", "FILE.py:FUNCTION")
_IN_LIBRARY = re.compile(
    r"(torchvision|timm)(?:==([0-9][A-Za-z0-9.!]{0,31}))?:([A-Za-z0-9][A-Za-z0-9_.-]{0,99})(?::(.*))?", re.S
)
_IN_PLAN = re.compile(r"file:([a-z][a-z0-9_-]{0,31}\.py):([A-Za-z_][A-Za-z0-9_]{0,63}):([0-9a-f]{64})(?::(.*))?", re.S)
_TYPED = re.compile(r"(.+\.py)(?::([^:]*))?", re.S)
_VERSION = re.compile(r"[0-9A-Za-z.!]{1,32}")


@dataclass(frozen=True)
class NetworkRef:
    """A network of another source, as a plan names it.

    Attributes:
        source: `torchvision`, `timm` or `file`.
        name: in the library, or the file's.
        version: the library's.
        function, sha: of a file.
        arguments: keyword arguments.
        packages: what a file imports, by distribution.
    """

    source: str
    name: str
    version: str = ""
    function: str = ""
    sha: str = ""
    arguments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    packages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        """As it stands in a stage: the same text for the same network."""
        if self.source != FILE:
            more = f":{_json(self.arguments)}" if self.arguments else ""
            return f"{self.source}=={self.version}:{self.name}{more}"
        parts = {"arguments": dict(self.arguments), "packages": dict(self.packages)}
        parts = {key: value for key, value in parts.items() if value}
        more = f":{_json(parts)}" if parts else ""
        return f"{FILE}:{self.name}:{self.function}:{self.sha}{more}"

    @property
    def shown(self) -> str:
        """In a sentence: `timm's vit_tiny_patch16_224`, or `net of mine.py`."""
        return f"{self.function} of {self.name}" if self.source == FILE else f"{self.source}'s {self.name}"


def read_network(text: str) -> NetworkRef | None:
    """Return what a stage's `ModelRef.name` says; None for one of our own networks, or what is no network's name."""
    found = _IN_LIBRARY.fullmatch(text)
    try:
        if found and found[2]:
            return NetworkRef(found[1], found[3], version=found[2], arguments=_mapping(found[4]))
        if found := _IN_PLAN.fullmatch(text):
            parts = _mapping(found[4])
            arguments, packages = parts.pop("arguments", {}), parts.pop("packages", {})
            if parts or not isinstance(arguments, dict) or not _are_packages(packages):
                return None
            facts = {"arguments": arguments, "packages": packages}
            return NetworkRef(FILE, found[1], function=found[2], sha=found[3], **facts)
    except ValueError:
        return None
    return None


def parse_model(value: object, field: str = "model") -> str:
    """Return what a person wrote as a stage writes it: a network of ours, `torchvision:NAME`, `timm:NAME` (of the
    installed version, or `torchvision==0.28.0:NAME`), `FILE.py:FUNCTION`, or what this gave before.

    Raises:
        UserError: an unknown name, a file that cannot be read or holds no such function, or a library that is not
            installed here where no version is given.
    """
    text = str(value)
    if text in MODELS:
        return text
    if known := read_network(text):
        _check_arguments(known.arguments, "model-args")
        return str(known)
    if text.startswith(tuple(f"{library}:" for library in LIBRARIES)) and (found := _IN_LIBRARY.fullmatch(text)):
        arguments = parse_arguments(found[4]) if found[4] else {}
        return str(
            NetworkRef(found[1], found[3], version=_installed(found[1], found[3], text, field), arguments=arguments)
        )
    if text.startswith(LIBRARIES):
        library = next(one for one in LIBRARIES if text.startswith(one))
        raise UserError(field, value, f"write {library}:NAME or {library}==VERSION:NAME, e.g. {_example(library)}")
    if found := _TYPED.fullmatch(text):
        return str(_read_file(Path(found[1]), found[2], field))
    raise UserError(field, value, did_you_mean(text, [*MODELS, *_FORMS]))


def with_arguments(model: str, value: object, field: str = "model-args") -> str:
    """Return the network with these keyword arguments instead of those that it had. value: JSON, or a TOML table.

    Raises:
        UserError: no such arguments, or a network of ours, which takes none.
    """
    arguments = parse_arguments(value, field)
    network = read_network(model)
    if network is None:
        if not arguments:
            return model
        raise UserError(field, _json(arguments), f"{model} takes no arguments; they are for {', '.join(_FORMS)}")
    return str(replace(network, arguments=arguments))


def parse_arguments(value: object, field: str = "model-args") -> dict[str, Any]:
    """Return keyword arguments of a network: a JSON object, or what TOML made of a table.

    Raises:
        UserError: anything else; arguments that the program gives itself; more than 2,000 letters.
    """
    form = 'write a JSON object of keyword arguments, e.g. {"dropout": 0.1}'
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise UserError(field, value, form) from None
    if not isinstance(value, dict) or not all(isinstance(key, str) and key.isidentifier() for key in value):
        raise UserError(field, value, form)
    try:
        text = _json(value)
    except (TypeError, ValueError, RecursionError):
        raise UserError(
            field, value, "numbers, words, true, false, null, lists and objects of them are possible"
        ) from None
    if len(text) > _LONGEST_ARGUMENTS:
        raise UserError(field, text, f"is longer than {_LONGEST_ARGUMENTS:,} letters; write a function of your own")
    _check_arguments(value, field)
    plain: dict[str, Any] = json.loads(text)
    return plain


@lru_cache(maxsize=64)
def label_of(model: str) -> str:
    """Return what reports, file names and the ledger call it, at most 64 letters: one of ours by its own name, others
    as `mobilenet_v3_small-3fa9c1b2`, with the start of their text's SHA-256, so that two networks are never one."""
    network = read_network(model)
    if network is None:
        return model
    word = f"{Path(network.name).stem}.{network.function}" if network.source == FILE else network.name
    return f"{word[:48]}-{sha256(model.encode()).hexdigest()[:8]}"


def installed_version(distribution: str) -> str | None:
    """Return the version without its local part (`0.28.0` of `0.28.0+cpu`); None = not installed."""
    try:
        return metadata.version(distribution).partition("+")[0]
    except metadata.PackageNotFoundError:
        return None


def other_versions(network: NetworkRef) -> str:
    """Return what keeps this machine from building the very network, "" = nothing."""
    wanted = network.packages if network.source == FILE else {network.source: network.version}
    for package, version in wanted.items():
        here = installed_version(package)
        if here != version:
            has = f"has {package} {here}" if here else f"has no {package}"
            what = f"{network.shown} was submitted with {package} {version}, this machine {has}"
            return f"{what}: pip install {package}=={version}"
    return ""


def source_of(network: NetworkRef, folder: Path | None) -> bytes:
    """Return the submitted file's bytes, from the folder of this machine's own networks (`SWEEP_NETWORKS`).

    Raises:
        ValueError: no folder, no file, or another one; the message tells what to do.
    """
    what = f"own network {network.name!r}"
    return submitted_source(what, network.name, network.sha, folder, "SWEEP_NETWORKS")


def folder_of_file(value: object) -> Path | None:
    """Return the folder of the file in `FILE.py:FUNCTION`, as a person typed it; None for anything else."""
    text = str(value)
    found = None if text.startswith((*LIBRARIES, f"{FILE}:")) else _TYPED.fullmatch(text)
    return Path(found[1]).absolute().parent if found else None


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _mapping(text: str | None) -> dict[str, Any]:
    """Raise ValueError for anything but a JSON object; none is an empty one."""
    if text is None:
        return {}
    found = json.loads(text)
    if not isinstance(found, dict) or not found:
        raise ValueError("no arguments")
    return found


def _are_packages(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(one, str) and isinstance(version, str) and _VERSION.fullmatch(version)
        for one, version in value.items()
    )


def _check_arguments(arguments: Mapping[str, Any], field: str) -> None:
    for name in arguments:
        if name in _NEVER_ARGUMENTS:
            raise UserError(field, name, f"{_NEVER_ARGUMENTS[name]}; leave it out")


def _example(library: str) -> str:
    return "torchvision:mobilenet_v3_small" if library == "torchvision" else "timm:vit_tiny_patch16_224"


def _installed(library: str, name: str, text: str, field: str) -> str:
    version = installed_version(library)
    if version is None:
        fix = f"{library} is not installed here, so its version is not known; write {library}==VERSION:{name} with the"
        raise UserError(field, text, f"{fix} workers' version, or pip install {library}")
    return version


def _read_file(path: Path, function: str | None, field: str) -> NetworkRef:
    shown = path if function is None else f"{path}:{function}"
    file = read_own_file(path, shown, field, "a network's file")
    _check_function(file.tree, function, shown, field)
    packages = dict(sorted(_packages(file.tree, shown, field)))
    return NetworkRef(FILE, path.name, function=str(function), sha=file.sha, packages=packages)


def _check_function(tree: ast.Module, function: str | None, shown: object, field: str) -> None:
    """Raise UserError unless the file has that function, or class, and it may be given `num_classes`."""
    kinds = ast.FunctionDef | ast.ClassDef
    found = {node.name: node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")}
    if not function or function not in found:
        known = ", ".join(list(found)[:8]) or "none; define one that returns the network"
        raise UserError(field, shown, f"write FILE.py:FUNCTION; its functions and classes: {known}")
    node = found[function]
    if isinstance(node, ast.FunctionDef):
        given = node.args
        names = {argument.arg for argument in (*given.args, *given.kwonlyargs)}
        if "num_classes" not in names and given.kwarg is None:
            raise UserError(field, shown, f"{function}() must take num_classes, the number of outputs")


def _packages(tree: ast.Module, shown: object, field: str) -> Iterator[tuple[str, str]]:
    """Yield distribution and version of whatever is imported that is not Python's or torch."""
    tops = dict.fromkeys(module.partition(".")[0] for node in ast.walk(tree) for module in imported(node))
    others = [top for top in tops if top not in sys.stdlib_module_names and top != "torch"]
    known: Mapping[str, Iterable[str]] = metadata.packages_distributions() if any(others) else {}
    for top in others:
        if not top:
            raise UserError(
                field, shown, "imports its neighbours, which its hash would not cover; put that into the file"
            )
        names = sorted(set(known.get(top, ())))
        if not names:
            fix = f"imports {top}, no package that is installed here; put a file of yours into this one, or pip install"
            raise UserError(field, shown, f"{fix} the package, so that its version is known")
        for name in names:
            if version := installed_version(name):
                yield name, version
