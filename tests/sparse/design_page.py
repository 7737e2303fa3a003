"""The listings of docs/design/sparse-engine.md: `python -m tests.sparse.design_page` writes them again."""

import re
from pathlib import Path

import numpy as np

from prunesweep.core.sparse.codegen.target import TARGETS, Target
from prunesweep.core.sparse.kernels.convolution import CodeBlock, block
from tests.sparse.disassembly import instructions

PAGE = Path(__file__).parents[2] / "docs" / "design" / "sparse-engine.md"
WEIGHT = np.array([[0, 2, 0], [3, 0, 4]], np.float32)
BIAS = np.array([1, -1], np.float32)


def example(target: Target) -> CodeBlock:
    """Return the code of the page's layer: 2 outputs, 3 inputs whose vectors follow each other, ReLU at the end."""
    shifts = np.arange(3) * target.vector
    return block(WEIGHT, BIAS, shifts, target.vector, target, first=True, last=True, relu=True, add=False)


def listing(target: Target) -> str:
    """Return the example's instructions and the numbers that it reads, as text."""
    made = example(target)
    lines = [f"{start:3x}  {text}" for start, text in instructions(made.code)]
    numbers = ", ".join(f"{number:g}" for number in made.stream)
    return "\n".join([*lines, "", f"stream: {numbers}"])


def with_listings(text: str) -> str:
    """Return the page with the block after each `<!-- disassembly: TARGET -->` replaced."""
    for target in TARGETS:
        pattern = rf"(<!-- disassembly: {re.escape(target.name)} -->\n```text\n).*?(\n```)"
        made = listing(target)
        text, count = re.subn(pattern, lambda found, made=made: found[1] + made + found[2], text, flags=re.S)
        assert count == 1, target.name
    return text


if __name__ == "__main__":
    PAGE.write_text(with_listings(PAGE.read_text()))
