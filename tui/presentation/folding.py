"""Rows that stand folded into one: what Holdfast keeps beside a container is not among the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.build_tag import is_build_tag
from tui.model.labels import APP, LEASE, LEDGER, RELEASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.model.app import AppSpec
    from tui.model.container import Container
    from tui.model.image import Image

HEAD = "\0"
"""What the key of a row begins with that stands for others; the name of the fold follows."""

THE_LEDGER = "the ledger"
"""The fold of what belongs to no app; no app can have this name."""


def fold_of(container: Container) -> str:
    """The app under which a container is folded, "" for one that stands for itself.

    Only by name and label together, and only where it does not run: labels are copied into images, and what
    runs is to be seen.
    """
    labels, name = container.labels, container.name
    if container.running:
        return ""
    if LEDGER in labels and name == "holdfast-ledger":
        return THE_LEDGER
    if LEASE in labels and name.endswith(".lease"):
        return name.removesuffix(".lease")
    app = labels.get(APP, "")
    return app if app and name == f"{app}.r{labels.get(RELEASE)}" else ""


def stands_over(container: Container) -> str:
    """The app whose fold stands under a container: the live one, which bears the app's name."""
    return container.name if container.labels.get(APP) == container.name else ""


def fold_words(name: str, members: Iterable[Container], *, unfolded: bool) -> str:
    """E.g. "▸ web: 5 earlier releases, its lease"."""
    sign = "▾" if unfolded else "▸"
    if name == THE_LEDGER:
        return f"{sign} the ledger of the releases"
    names = [container.name for container in members]
    count = sum(not one.endswith(".lease") for one in names)
    words = [f"{count} earlier release{'' if count == 1 else 's'}"] if count else []
    if count < len(names):
        words.append("its lease")
    return f"{sign} {name}: {', '.join(words)}"


def is_build(reference: str) -> bool:
    """Whether a tag is one by which a build is named, and no version."""
    return is_build_tag(reference.rpartition(":")[2])


def repository_of(reference: str) -> str:
    """The part of "repository:tag" before the tag."""
    return reference.rpartition(":")[0]


def builds_fold(image: Image) -> str:
    """The repository under which an image is folded: one that is named as builds of it alone; else ""."""
    repositories = {repository_of(tag) if is_build(tag) else "" for tag in image.tags}
    return repositories.pop() if len(repositories) == 1 else ""


def builds_over(image: Image) -> str:
    """The repository whose builds stand under an image: that of its first version; "" where it has none."""
    return next((repository_of(tag) for tag in image.tags if not is_build(tag)), "")


def builds_words(name: str, count: int, *, unfolded: bool) -> str:
    """E.g. "▸ web: 12 builds"."""
    return f"{'▾' if unfolded else '▸'} {name}: {count} build{'' if count == 1 else 's'}"


def names_of_builds(apps: Iterable[AppSpec]) -> dict[str, str]:
    """Repository -> the app whose builds it has; one that several apps have is nobody's."""
    found: dict[str, str] = {}
    for app in apps:
        found[app.repository] = "" if app.repository in found else app.name
    return {repository: name for repository, name in found.items() if name}


def app_of_builds(members: Iterable[Image]) -> str:
    """The app that all of these were built for, as their labels say; "" where they do not, or disagree."""
    names = {image.labels.get(APP, "") for image in members}
    return names.pop() if len(names) == 1 else ""


class Folding:
    """Which rows are folded under which: under the first of the rows that a fold may stand under.

    row_key     the sort key of a row by itself
    fold        the name of the fold that a row is in, "" for none
    over        the name of the fold that stands under a row, "" for none
    """

    def __init__(
        self, row_key: Callable[[str], Any], fold: Callable[[str], str], over: Callable[[str], str]
    ) -> None:
        self._row_key = row_key
        self._fold = fold
        self._over = over
        self.clear()

    def clear(self) -> None:
        """Know of nothing."""
        self._in: dict[str, str] = {}
        self._above: dict[str, str] = {}
        self.members: dict[str, dict[str, None]] = {}
        self._under: dict[str, dict[str, None]] = {}
        self._places: dict[str, Any] = {}

    def fold(self, key: str) -> str:
        """The fold that a row is in, or that it stands for."""
        return key[1:] if key.startswith(HEAD) else self._in.get(key, "")

    def heads(self) -> list[str]:
        """The keys of the rows that stand for others."""
        return [HEAD + name for name, members in self.members.items() if members]

    def sort_key(self, key: str) -> Any:
        """A fold stands under its own row, its members under it; one without such a row at the end."""
        fold = self.fold(key)
        if not fold:
            return (0, self._row_key(key), 0)
        place = self._places.get(fold, (1, fold))
        return (*place, 1) if key.startswith(HEAD) else (*place, 2, self._row_key(key))

    def take(self, put: Iterable[str], removed: Iterable[str]) -> tuple[Iterable[str], Iterable[str]]:
        """Take over changes: the rows to place anew, heads among them, and those that are gone."""
        put, removed = tuple(put), tuple(removed)
        touched = self.track(put, removed)
        if not touched:
            return put, removed
        members = {name: self.members.get(name, {}) for name in touched}
        moved = [row for name, keys in members.items() if keys for row in (HEAD + name, *keys)]
        gone = [HEAD + name for name, keys in members.items() if not keys]
        return dict.fromkeys((*put, *moved)), (*removed, *gone)

    def track(self, put: Iterable[str], removed: Iterable[str]) -> set[str]:
        """Take over changes: the folds whose rows stand elsewhere now, or read differently."""
        touched: set[str] = set()
        for key in removed:
            self._move(key, "", "", touched)
        for key in put:
            self._move(key, self._fold(key), self._over(key), touched)
        touched.discard("")
        for fold in touched:
            if above := self._under.get(fold):
                self._places[fold] = (0, min(map(self._row_key, above)))
            else:
                self._places.pop(fold, None)
        return touched

    def _move(self, key: str, fold: str, over: str, touched: set[str]) -> None:
        old, was_over = self._in.get(key, ""), self._above.get(key, "")
        touched.update((old, was_over, fold, over))
        if old != fold:
            self.members.get(old, {}).pop(key, None)
            self._in.pop(key, None)
            if fold:
                self._in[key] = fold
                self.members.setdefault(fold, {})[key] = None
        if was_over != over:
            self._under.get(was_over, {}).pop(key, None)
            self._above.pop(key, None)
            if over:
                self._above[key] = over
                self._under.setdefault(over, {})[key] = None
