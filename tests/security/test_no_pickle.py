"""No way from data to code: neither imports nor calls that turn bytes or text into running code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "worker", "orchestrator", "migrations", "prunesweep")
MODULES = frozenset(
    ("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "jsonpickle", "pickletools")
)
BUILTINS = frozenset(("eval", "exec", "compile", "__import__"))
SHELLS = frozenset(("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"))
SAFE_LOADERS = frozenset(("SafeLoader", "CSafeLoader", "BaseLoader"))

ONLY_AN_EXCEPTION = {"core/importing/read.py": frozenset({"UnpicklingError"})}
"""What torch raises when it refuses a file: the one thing of pickle that may be named."""


def _name(node: ast.expr) -> str:
    """`a.b.c` for such an expression, else ""."""
    if isinstance(node, ast.Attribute):
        base = _name(node.value)
        return f"{base}.{node.attr}" if base else ""
    return node.id if isinstance(node, ast.Name) else ""


def _option(call: ast.Call, name: str) -> object:
    """The keyword's constant; None when it is missing or no constant."""
    found = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return found[0].value if found and isinstance(found[0], ast.Constant) else None


def _bad_call(call: ast.Call) -> bool:
    name = _name(call.func)
    last = name.rpartition(".")[2]
    if name in BUILTINS or name in SHELLS or _option(call, "shell") not in (None, False):
        return True
    if name == "torch.load":
        return _option(call, "weights_only") is not True
    if _option(call, "allow_pickle") not in (None, False):
        return True
    if name in ("yaml.load", "yaml.load_all"):
        loaders = [*call.args[1:], *(keyword.value for keyword in call.keywords if keyword.arg == "Loader")]
        return not any(_name(loader).rpartition(".")[2] in SAFE_LOADERS for loader in loaders)
    return last in ("unsafe_load", "full_load") or last == "enable_insecure_serializers"


def findings(tree: ast.AST, allowed: frozenset[str] = frozenset()) -> Iterator[str]:
    """What is wrong in a module; allowed: attributes of pickle that may be used."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported = {alias.name.partition(".")[0] for alias in node.names}
            if imported & MODULES and not (allowed and imported == {"pickle"}):
                yield f"line {node.lineno}: import {', '.join(sorted(imported & MODULES))}"
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").partition(".")[0] in MODULES:
                yield f"line {node.lineno}: from {node.module} import …"
        elif isinstance(node, ast.Attribute):
            if _name(node.value) == "pickle" and node.attr not in allowed:
                yield f"line {node.lineno}: pickle.{node.attr}"
        elif isinstance(node, ast.Call) and _bad_call(node):
            yield f"line {node.lineno}: {ast.unparse(node.func)}(…)"


RUNS_A_USERS_FILE = "core/users_file.py"
"""The one place that runs code which is not the program's: a file of SWEEP_SCORES or SWEEP_NETWORKS, whose hash was
checked before. That others are refused unrun: tests/pruning/test_own.py, tests/training/test_sources.py."""


def test_nothing_in_the_program_turns_data_into_code() -> None:
    found, files = [], 0
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            files += 1
            place = path.relative_to(ROOT).as_posix()
            tree = ast.parse(path.read_bytes(), place)
            found += [f"{place} {what}" for what in findings(tree, ONLY_AN_EXCEPTION.get(place, frozenset()))]
    assert files > 80
    own = [what.split(": ")[1] for what in found if what.startswith(f"{RUNS_A_USERS_FILE} ")]
    assert own == ["exec(…)", "compile(…)"], "once, of the bytes that were hashed"
    assert [what for what in found if not what.startswith(f"{RUNS_A_USERS_FILE} ")] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import dill.source",
        "from cloudpickle import loads",
        "from joblib import load",
        "import marshal as m",
        "import shelve",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "torch.load(path, weights_only=maybe)",
        "np.load(path, allow_pickle=True)",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "yaml.unsafe_load(text)",
        "eval('1')",
        "exec(text)",
        "__import__(name)",
        "os.system(line)",
        "subprocess.run(line, shell=True)",
        "kombu.enable_insecure_serializers(['pickle'])",
    ],
)
def test_the_search_finds(source: str) -> None:
    assert list(findings(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "torch.load(path, weights_only=True)",
        "np.load(path)",
        "yaml.safe_load(text)",
        "yaml.load(text, Loader=yaml.SafeLoader)",
        "re.compile(text)",
        "model.eval()",
        "json.loads(text)",
    ],
)
def test_the_search_passes_over(source: str) -> None:
    assert not list(findings(ast.parse(source)))
