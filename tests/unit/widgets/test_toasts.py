"""How many boxes there are with what is said for a moment."""

from __future__ import annotations

from textual.notifications import Notification

from tui.widgets.toasts import Toasts


def said(toasts: Toasts) -> list[tuple[str, str]]:
    return [(one.severity, one.message) for one in toasts]


def test_news_replace_older_news() -> None:
    toasts = Toasts()
    for number in range(5):
        toasts.add(Notification(f"copied {number}"))
    assert said(toasts) == [("information", "copied 4")]


def test_failures_are_joined_and_bounded() -> None:
    toasts = Toasts()
    toasts.add(Notification("copied a"))
    toasts.add(Notification("no such file", "Not read", "error"))
    assert said(toasts) == [("information", "copied a"), ("error", "no such file")]
    toasts.add(Notification("web: in use", severity="error"))
    assert said(toasts)[1] == ("error", "Not read: no such file\nweb: in use")
    for number in range(100):
        toasts.add(Notification(f"fk{number}: in use", severity="error"))
        toasts.add(Notification(f"Stop: fk{number} is not running", severity="warning"))
    assert said(toasts) == [
        ("information", "copied a"),
        ("error", "99 more\nfk97: in use\nfk98: in use\nfk99: in use"),
        (
            "warning",
            "97 more\nStop: fk97 is not running\nStop: fk98 is not running\nStop: fk99 is not running",
        ),
    ]


def test_the_same_is_said_once() -> None:
    toasts = Toasts()
    for _ in range(3):
        toasts.add(Notification("Stop: web is not running", severity="warning"))
    assert said(toasts) == [("warning", "Stop: web is not running")]


def test_what_is_over_is_not_said_again_with_the_next() -> None:
    toasts = Toasts()
    toasts.add(Notification("first", severity="error", timeout=0))
    toasts.add(Notification("second", severity="error"))
    assert said(toasts) == [("error", "second")]
    del toasts[next(iter(toasts))]  # clicked away
    toasts.add(Notification("third", severity="error"))
    assert said(toasts) == [("error", "third")]
    toasts.clear()
    toasts.add(Notification("fourth", severity="error"))
    assert said(toasts) == [("error", "fourth")]


def test_joined_ones_last_as_long_as_the_last_of_them() -> None:
    toasts = Toasts()
    toasts.add(Notification("long", severity="error", timeout=20))
    toasts.add(Notification("short", severity="error", timeout=3))
    [joined] = toasts
    assert 15 < joined.timeout <= 20
