from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.presentation.ordering import Ordering

KEYS = st.sampled_from("abcdefgh")
STEPS = st.lists(st.tuples(st.sampled_from(["put", "many", "remove"]), KEYS, st.integers(0, 5)), max_size=40)


@given(STEPS)
def test_single_changes_give_what_sorting_anew_gives(steps: list[tuple[str, str, int]]) -> None:
    values: dict[str, int] = {}
    ordering = Ordering(lambda key: values[key], lambda key: values[key] != 3)
    for step, key, value in steps:
        if step == "remove":
            values.pop(key, None)
            ordering.remove(key)
        elif step == "many":
            values[key] = values[chr(ord(key) + 1)] = value
            ordering.put_many([key, chr(ord(key) + 1)])
        else:
            values[key] = value
            _, after = ordering.put(key)
            assert (after is None) == (value == 3)
            if after is not None:
                assert ordering.key_at(after) == key
    expected = [key for _, key in sorted((value, key) for key, value in values.items() if value != 3)]
    assert ordering.keys() == expected
    assert all(ordering.index(key) == number for number, key in enumerate(expected))
