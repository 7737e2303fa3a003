"""Values of axes: what is accepted, and the one line for what isn't."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import parse_count, parse_list, parse_sparsities, parse_sparsity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.9", 0.9),
        ("90", 0.9),
        ("90%", 0.9),
        (" 90 % ", 0.9),
        (0.9, 0.9),
        (90, 0.9),
        ("1%", 0.01),
        ("0.5%", 0.005),
        ("0", 0.0),
        ("0%", 0.0),
    ],
)
def test_three_ways_to_write_a_sparsity_are_one_number(text: object, expected: float) -> None:
    assert parse_sparsity(text) == expected


@pytest.mark.parametrize(
    "text", ["-1", "100", "150", "abc", "", "-5", "nan", "inf", "1e999", "100%", "1e-9", "0.9999999", None, True, []]
)
def test_a_bad_sparsity_names_the_field_the_value_and_the_fix(text: object) -> None:
    with pytest.raises(UserError) as caught:
        parse_sparsity(text)
    message = str(caught.value)
    assert message.startswith("sparsity")
    assert "0.9, 90 or 90%" in message
    assert "\n" not in message


def test_a_bare_one_is_ambiguous_and_says_so() -> None:
    with pytest.raises(UserError, match=r"write 1% or 0\.01"):
        parse_sparsity("1")


_TEXT = st.text("0123456789.,%+-_eEinfa \t\n½٣−∞")
"""Characters of numbers, and some that only look so."""


@given(_TEXT)
def test_any_text_is_a_sparsity_or_a_user_error(text: str) -> None:
    try:
        value = parse_sparsity(text)
    except UserError as error:
        assert "\n" not in str(error)
    else:
        assert 0 <= value < 1
        assert math.copysign(1, value) == 1
        assert math.isfinite(value)


@given(st.one_of(_TEXT, st.integers(), st.floats(), st.booleans(), st.none()))
def test_any_value_is_a_count_or_a_user_error(value: object) -> None:
    try:
        count = parse_count(value, "iterations", 1, 1000)
    except UserError as error:
        assert str(error).startswith("iterations")
    else:
        assert 1 <= count <= 1000


def test_iterations_zero_is_refused() -> None:
    with pytest.raises(UserError, match=r"iterations '0': give a whole number from 1 to 1000"):
        parse_count("0", "iterations", 1, 1000)


@pytest.mark.parametrize(("text", "meant"), [("0,9", "0.9"), (" 0, 5", "0.5"), ("0,75,0,9", "0.75,0.9")])
def test_decimal_commas_are_refused(text: str, meant: str) -> None:
    with pytest.raises(UserError, match=rf"write {re.escape(meant)}, or 0%,.*9?% if that is meant"):
        parse_sparsities(text, "sparsity", parse_sparsity)


@pytest.mark.parametrize("text", ["0", "0,90", "0,50,90", "0,12", "9,0", "0%,9%", "0,0.9"])
def test_the_dense_control_is_no_decimal_comma(text: str) -> None:
    assert 0 in parse_sparsities(text, "sparsity", parse_sparsity)


def test_a_list_drops_duplicates_and_keeps_the_order() -> None:
    assert parse_list("90, 0.5,50,0.9", "sparsity", parse_sparsity) == (0.9, 0.5)
    assert parse_list([0.9, "50%"], "sparsity", parse_sparsity) == (0.9, 0.5)
    with pytest.raises(UserError, match="one or more values"):
        parse_list("50,,90", "sparsity", parse_sparsity)
