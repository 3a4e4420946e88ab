"""What a file that may have come with a repository asks for beyond its folder.

`holdfast.toml` comes with a clone: opening the dashboard in it must reach nothing that its user has not
named. Engines, files outside of its folder and programs count from it once it is allowed
(`tui.settings.allowed`), from the user's own and the system's files as they stand. Pure, but that links are
followed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.settings.engines import REACHED
from tui.settings.paths import LOCAL_CONFIG
from tui.settings.reading import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DEFAULT_SOCKET = "/var/run/docker.sock"

ENGINE, BUILD, RUN, SCAN, TRUST = "engine", "build", "run", "scan", "trust"
"""What needs something: which engine is meant, a table of an app, or `[trust]`."""

MOST_NAMED = 3
"""Things that a sentence names; `holdfast allow` lists all."""

LONGEST = 120
"""Characters of each."""


class Ask(NamedTuple):
    """One thing that a file asks for.

    where   the key, "[apps.web.run] env_file"
    what    an endpoint, an absolute path, or words of a command
    part    what needs it
    app     whose it is, "" for no app's
    place   the name by which an engine is called that is none of the user's, else ""
    """

    where: str
    what: str
    part: str
    app: str = ""
    place: str = ""

    @property
    def words(self) -> str:
        """In a line."""
        return f"{self.where} = {self.what[:LONGEST]}{'…' if len(self.what) > LONGEST else ''}"


class Own(NamedTuple):
    """What the user has named: engines by name, and where engines are."""

    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """Whether an engine is one of the user's: a name is theirs in any case, or a Docker context's."""
        return not is_endpoint(name) or name in self.names or _place(name) in self.places


def own(theirs: Mapping[str, Any], environ: Mapping[str, str]) -> Own:
    """By the user's own and the system's files together, the environment and the default sockets.

    theirs   what those files say; "chosen" is the engine that was chosen on the screen
    """
    home, runtime = environ.get("HOME", ""), environ.get("XDG_RUNTIME_DIR", "")
    named: list[Any] = [DEFAULT_SOCKET, f"{home}/.docker/run/docker.sock", f"{runtime}/docker.sock"]
    tables = theirs.get("engines", {})
    named += [environ.get("DOCKER_HOST", ""), theirs.get("engine", ""), theirs.get("chosen"), *tables]
    named += [table.get("host", "") for table in tables.values()]
    for table in (*theirs.get("apps", {}).values(), *theirs.get("fleets", {}).values()):
        named += table.get("engines") or ()
    reached = frozenset(name for name, table in tables.items() if table.get("host") or is_endpoint(name))
    return Own(reached, frozenset(_place(one) for one in named if isinstance(one, str) and is_endpoint(one)))


def is_endpoint(name: str) -> bool:
    """Whether it says where an engine is, else it is what one is called."""
    return "://" in name or name.startswith("/")


def _place(url: str) -> str:
    """An endpoint as it is compared: a socket by where its path really leads."""
    path = url.removeprefix("unix://")
    return os.path.realpath(path) if path.startswith("/") else url


def is_foreign(path: str, folder: str) -> bool:
    """Whether a file may have come with a repository: what lies in /etc or in the user's `folder` has not."""
    real = os.path.realpath(path)
    return not any(real.startswith(f"{os.path.realpath(own)}{os.sep}") for own in ("/etc", folder))


# What is asked for


def asks(values: Mapping[str, Any], folder: str, mine: Own) -> list[Ask]:
    """Everything, by the checked values of a file that lies in a folder."""
    found = []
    engine = values.get("engine")
    if isinstance(engine, str) and not mine.has(engine):
        found.append(Ask("engine", engine, ENGINE, place=engine))
    found += _engines(values.get("engines", {}), mine)
    for name, table in values.get("fleets", {}).items():
        found += _named(f"[fleets.{bare(name)}] engines", (table or {}).get("engines"), mine)
    for name, table in values.get("apps", {}).items():
        found += [one._replace(app=name) for one in _app(name, table, os.path.realpath(folder), mine)]
    return [*found, *_trust(values.get("trust", {}), os.path.realpath(folder))]


def _engines(tables: Mapping[str, Mapping[str, Any] | None], mine: Own) -> Iterator[Ask]:
    for name, table in tables.items():
        place = name if name not in mine.names else ""
        if is_endpoint(name) and not mine.has(name):
            yield Ask(f"engines.{bare(name)}", "an engine", ENGINE, place=place)
        for key in REACHED:
            if key in (table or {}):
                value = (table or {})[key]
                what = ", ".join(value) if isinstance(value, tuple) else str(value)
                yield Ask(f"[engines.{bare(name)}] {key}", what, ENGINE, place=place if key == "host" else "")


def _named(where: str, names: Sequence[str] | None, mine: Own) -> Iterator[Ask]:
    for name in names or ():
        if isinstance(name, str) and not mine.has(name):
            yield Ask(where, name, ENGINE, place=name)


def _app(name: str, table: Mapping[str, Any], folder: str, mine: Own) -> Iterator[Ask]:
    head = f"apps.{bare(name)}"
    yield from _named(f"[{head}] engines", table.get("engines"), mine)
    for part, paths in ((BUILD, _of_build), (RUN, _of_run), (SCAN, _of_scan)):
        for key, path in paths(table.get(part) or {}, folder):
            if isinstance(path, str) and path.startswith("/") and _is_outside(path, folder):
                yield Ask(f"[{head}.{part}] {key}", path, part)


def _is_outside(path: str, folder: str) -> bool:
    return os.path.commonpath((folder, os.path.realpath(path))) != folder


def _of_build(table: Mapping[str, Any], folder: str) -> Iterator[tuple[str, Any]]:
    yield "context", table.get("context")
    if file := table.get("dockerfile"):  # of the build context, which is the folder where none is named
        yield "dockerfile", os.path.join(table.get("context") or folder, file)
    for id, source in (table.get("secrets") or {}).items():
        yield f"secrets.{bare(id)}", source[0]


def _of_run(table: Mapping[str, Any], _: str) -> Iterator[tuple[str, Any]]:
    for path in table.get("env_file") or ():
        yield "env_file", path
    for mount in table.get("volumes") or ():
        if mount and mount[0] == "bind":
            yield "volumes", mount[1]
    for device in table.get("devices") or ():
        yield "devices", device.partition(":")[0] if isinstance(device, str) else None
    for option in table.get("security_opt") or ():
        yield "security_opt", option.removeprefix("seccomp=") if isinstance(option, str) else None


def _of_scan(table: Mapping[str, Any], _: str) -> Iterator[tuple[str, Any]]:
    yield "scanner", table.get("scanner")
    yield "database", table.get("database")
    for path in table.get("vex") or ():
        yield "vex", path


def _trust(table: Mapping[str, Any], folder: str) -> Iterator[Ask]:
    """Programs that print a key, and private keys outside of the folder (`tui.settings.trust_keys`)."""
    private = {"sign_key": table.get("sign_key")}
    private |= {f"sign_keys.{bare(name)}": one for name, one in (table.get("sign_keys") or {}).items()}
    public = {f"verify_keys.{bare(one.name)}": one.source for one in table.get("verify_keys") or () if one}
    for key, source in (*private.items(), *public.items()):
        if source is not None and source.command:
            yield Ask(f"[trust] {key}", " ".join(source.command), TRUST)
        elif source is not None and source.file and key in private and _is_outside(source.file, folder):
            yield Ask(f"[trust] {key}", source.file, TRUST)


# What is not obeyed


def withheld(
    values: Mapping[str, Any], wanted: Sequence[Ask], path: str, mine: Own, *, changed: bool
) -> tuple[dict[str, Any], str]:
    """The values without what is not allowed, and a sentence on it.

    An engine that is none of the user's is marked, so that nobody reaches it, or another in its place; so is
    an app of which something is asked for: verbs that need it are refused.
    """
    found = dict(values)
    engines = {
        name: {key: value for key, value in (table or {}).items() if key not in REACHED}
        for name, table in values.get("engines", {}).items()
    }
    for one in wanted:
        if one.place and one.place not in mine.names:
            engines.setdefault(one.place, {})["withheld"] = path
    if engines:
        found["engines"] = engines
    apps = {name: dict(table) for name, table in values.get("apps", {}).items()}
    for name, table in apps.items():
        parts: dict[str, list[Ask]] = {}
        for one in wanted:
            if one.app == name and one.part != ENGINE:
                parts.setdefault(one.part, []).append(one)
        if parts:
            table["withheld"] = {part: (path, named(some)) for part, some in parts.items()}
    if apps:
        found["apps"] = apps
    why = "has changed since it was allowed" if changed else "may have come with a repository"
    return found, f"{path} {why}, and asks for {named(wanted)}: not obeyed; {remedy(path)}"


def named(wanted: Sequence[Ask]) -> str:
    """The first of them, and how many more there are."""
    said = ", ".join(one.words for one in wanted[:MOST_NAMED])
    return f"{said} and {len(wanted) - MOST_NAMED} more" if len(wanted) > MOST_NAMED else said


def remedy(path: str) -> str:
    """What lets a file ask for it."""
    import shlex

    file = "" if path == LOCAL_CONFIG else f" {shlex.quote(path)}"
    return f"holdfast allow{file} lists what it asks for, and allows it"
