"""Ways of resizing as text: one name for what is the same, and refusals whose advice works."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prunesweep.core.errors import UserError
from prunesweep.core.plan.resize_rules import (
    RESIZES,
    ResizeRule,
    check_resize,
    parse_resize,
    resize_at,
    resize_text,
    rule_at,
    scaled_resize,
)


@pytest.mark.parametrize(
    ("typed", "size", "kept"),
    [
        ("crop", 224, "crop"),
        ("crop-bilinear", 224, "crop"),
        ("crop:256", 224, "crop"),
        ("crop-bilinear:0256", 224, "crop"),
        ("crop:256", 240, "crop:256"),
        ("crop-bicubic:235", 224, "crop-bicubic:235"),
        ("stretch:224", 224, "stretch"),
        ("stretch-bicubic:256", 224, "stretch-bicubic:256"),
        ("pad-bicubic", 64, "pad-bicubic"),
    ],
)
def test_what_is_the_same_has_one_name(typed: str, size: int, kept: str) -> None:
    check_resize(parse_resize(typed), size)
    assert resize_at(parse_resize(typed), size) == kept


@given(st.sampled_from(["crop", "stretch"]), st.booleans(), st.integers(8, 4096), st.integers(8, 2048))
def test_a_rule_is_its_text(kind: str, bicubic: bool, side: int, size: int) -> None:
    rule = ResizeRule(kind, bicubic, side)
    assert rule_at(parse_resize(resize_text(rule, size)), size) == rule


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("crop:0.95", "takes pixels, not a share: the image size over 0.95, rounded down, e.g. 235 behind the colon"),
        ("crop:", "behind the colon, give a whole number from 8 to 4096"),
        ("crop:9999", "give a whole number from 8 to 4096"),
        ("crop:23.5.1", "give a whole number"),
        ("pad:256", "cuts nothing off, so it takes no number: pad"),
        ("corp", 'did you mean "crop"?'),
        ("crop:232-bicubic", "give a whole number"),
        (7, "unknown; known: "),
        (None, "unknown; known: "),
    ],
)
def test_what_is_no_rule(typed: object, advice: str) -> None:
    with pytest.raises(UserError, match=re.escape(advice)):
        parse_resize(typed)


def test_a_percentage_is_no_number_of_pixels() -> None:
    with pytest.raises(UserError, match=r"leaves most of 224 pixels empty.*, e\.g\. crop-bicubic:232") as caught:
        check_resize("crop-bicubic:95", 224)
    check_resize(caught.value.fix.rpartition("e.g. ")[2], 224)
    with pytest.raises(UserError, match="give that too: --image-size"):
        check_resize("crop:232", 0)


def test_images_of_another_size_lose_the_same_part() -> None:
    assert scaled_resize("crop:232", 224, 160) == "crop:166"
    assert scaled_resize("crop-bicubic:224", 224, 160) == "crop-bicubic:160"
    for rule in (*RESIZES, ""):
        assert scaled_resize(rule, 224, 160) == rule
    check_resize(scaled_resize("crop:8", 16, 2047), 2047)
