"""Themes: readable, told apart by everyone, and a broken one is a message and a fallback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.presentation.style import ROLES, Style
from tui.presentation.theme import (
    Theme,
    ThemeError,
    current_theme,
    find_themes,
    mono,
    parse_theme,
    read_theme,
    resolve,
)
from tui.settings.paths import shipped_themes
from tui.theming import RichStyles, ThemeShelf, to_textual

THEMES, FAILED = find_themes((shipped_themes(),))
COLOURED = [theme for theme in THEMES.values() if theme.name != "terminal-16"]
STATUS = ("ok", "busy", "warn", "bad", "idle")


def channels(color: str) -> tuple[float, float, float]:
    values = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return linear[0], linear[1], linear[2]


def luminance(color: str) -> float:
    red, green, blue = channels(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(style: Style) -> float:
    """WCAG 2, section 1.4.3."""
    assert style.fg and style.bg
    first, second = sorted((luminance(style.fg), luminance(style.bg)), reverse=True)
    return (first + 0.05) / (second + 0.05)


# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009,
# severity 1.0.
DEFICIENCIES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(linear: tuple[float, ...]) -> tuple[float, float, float]:
    red, green, blue = (min(max(value, 0.0), 1.0) for value in linear)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def seen(color: str, deficiency: str) -> tuple[float, float, float]:
    linear = channels(color)
    return lab(
        tuple(sum(a * b for a, b in zip(row, linear, strict=True)) for row in DEFICIENCIES[deficiency])
    )


def test_every_shipped_theme_can_be_read_and_is_named_as_its_file() -> None:
    assert FAILED == []
    assert len(THEMES) >= 8
    assert {theme + ".toml" for theme in THEMES} == {
        path.name for path in Path(shipped_themes()).glob("*.toml")
    }


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_be_read(theme: Theme, role: str) -> None:
    if role.startswith("border"):
        return  # lines, not text
    least = 7.0 if theme.name == "high-contrast" else 3.0 if role == "key.off" else 4.5
    assert contrast(resolve(theme, role)) >= least, resolve(theme, role)


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("cursor", ["cursor", "cursor.unfocused"])
@pytest.mark.parametrize("role", [*STATUS, "text", "strong", "muted"])
def test_every_status_can_be_read_under_the_cursor(theme: Theme, cursor: str, role: str) -> None:
    assert contrast(resolve(theme, f"{role} {cursor}")) >= 3.0


@pytest.mark.parametrize("name", ["colour-blind-dark", "colour-blind-light"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_good_and_bad_are_told_apart_by_everyone(name: str, deficiency: str) -> None:
    theme = THEMES[name]
    good, bad, warn = (seen(resolve(theme, role).fg or "", deficiency) for role in ("ok", "bad", "warn"))
    assert sum((a - b) ** 2 for a, b in zip(good, bad, strict=True)) ** 0.5 > 25
    assert sum((a - b) ** 2 for a, b in zip(good, warn, strict=True)) ** 0.5 > 15


def test_sixteen_colours_and_no_others() -> None:
    theme = THEMES["terminal-16"]
    for role in ROLES:
        for color in resolve(theme, role)[:2]:
            assert color in (None, "default") or int(color.removeprefix("color(")[:-1]) < 16


def test_without_colours_there_are_none() -> None:
    assert all(resolve(mono(), role)[:2] == (None, None) for role in ROLES)
    assert current_theme("holdfast-dark", {"NO_COLOR": "1", "HOME": "/nowhere"}) == mono()


def test_a_broken_theme_names_file_role_and_word() -> None:
    with pytest.raises(ThemeError, match=r"my.toml: \[roles\] ok: \"gren\""):
        parse_theme({"name": "my", "roles": {"ok": "gren"}}, "my.toml")
    with pytest.raises(ThemeError, match=r"\[roles\] curser is unknown: did you mean cursor"):
        parse_theme({"name": "my", "roles": {"curser": "bold"}}, "my.toml")
    with pytest.raises(ThemeError, match="name is missing"):
        parse_theme({}, "my.toml")


def test_a_broken_user_theme_falls_back_and_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "holdfast" / "themes"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("name = ")
    shelf = ThemeShelf("mine", {"XDG_CONFIG_HOME": str(tmp_path)})
    assert shelf.current.name == "holdfast-dark"
    assert any("mine.toml" in problem for problem in shelf.problems)


def test_a_theme_that_is_nowhere_is_said(tmp_path: Path) -> None:
    shelf = ThemeShelf("nope", {"XDG_CONFIG_HOME": str(tmp_path)})
    assert shelf.current.name == "holdfast-dark"
    assert 'there is no theme "nope"' in shelf.problems[0]


def test_a_user_theme_wins_over_a_shipped_one_of_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "holdfast" / "themes"
    folder.mkdir(parents=True)
    (folder / "nord.toml").write_text('name = "nord"\n[roles]\ntext = "#ffffff on #010203"\n')
    shelf = ThemeShelf("nord", {"XDG_CONFIG_HOME": str(tmp_path)})
    assert resolve(shelf.current, "text").bg == "#010203"


@pytest.mark.parametrize("name", sorted(THEMES))
def test_textual_and_rich_take_every_theme(name: str) -> None:
    theme = read_theme(f"{shipped_themes()}/{name}.toml")
    assert to_textual(theme).name == name
    styles = RichStyles(theme)
    for role in ROLES:
        assert styles(f"{role} cursor") is styles(f"{role} cursor")
