"""What is wasted of an image, in words and bars."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.image_size import ImageSize, LayerSize, Wasted
from tui.presentation.lines import plain
from tui.presentation.text import width
from tui.presentation.wasted import SHOWN, asking_lines, counting_lines, lost_of_layers, wasted_lines

MB = 10**6
IMAGE = ImageSize(
    layers=(
        LayerSize("sha256:a", 60 * MB, 900, "RUN apk add"),
        LayerSize("sha256:b", 20 * MB, 30, "COPY . ."),
    ),
    wasted=12 * MB,
    worst=(Wasted("var/cache/apk/index", 10 * MB, 1, 2), Wasted("tmp/left", 2 * MB, 1, 2)),
)


def test_how_much_by_what_and_in_which_layers() -> None:
    lines = [plain(line) for line in wasted_lines(IMAGE, 78)]
    assert lines[0] == "wasted 12 MB of 80 MB  2 layers, 930 files"
    assert any("60MB" in line and "RUN apk add  12MB of it wasted" in line for line in lines)
    assert any("10MB  1→2    /var/cache/apk/index" in line for line in lines)
    assert lost_of_layers(IMAGE) == {1: 12 * MB}


def test_the_largest_twenty_are_named() -> None:
    many = tuple(Wasted(f"file{number}", 1000 - number, 1, 2) for number in range(50))
    lines = [plain(line) for line in wasted_lines(IMAGE._replace(worst=many), 78)]
    assert sum("/file" in line for line in lines) == SHOWN
    assert "30 more" in lines[-1]


def test_it_is_asked_for_and_says_what_it_costs() -> None:
    assert "reads all 80 MB" in plain(asking_lines(80 * MB, "w")[0])
    assert "40MB of about 80MB" in plain(counting_lines(40 * MB, 80 * MB, 78)[0])


def test_what_cannot_be_known_says_why() -> None:
    assert "too many files" in plain(wasted_lines(ImageSize(why="it has too many files"), 78)[0])


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.integers(40, 200))
def test_progress_fits_whatever_the_engine_says(read: int, whole: int, cells: int) -> None:
    assert width(plain(counting_lines(read, whole, cells)[0])) <= cells + 10
