"""What a file that may have come with a repository asks for beyond its folder.

`holdfast.toml` comes with a clone: opening the dashboard in it must reach nothing that its user has not
named. Engines, registries, files outside of its folder, variables of the environment, rights on the engine's
host and programs count from it once it is allowed (`tui.settings.allowed`); from the user's own and the
system's files, and from one that --config names, as they stand. Pure, but that links are followed, and the
folder's env_files are read.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.files import read_file
from tui.model.notice import origin
from tui.settings.engines import REACHED
from tui.settings.logins import logins, named_by, registry_of
from tui.settings.reading import bare
from tui.settings.rights import rights_of_build, rights_of_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DEFAULT_SOCKET = "/var/run/docker.sock"

ENGINE, REGISTRY, BUILD, RUN, SCAN, TRUST = "engine", "registry", "build", "run", "scan", "trust"
"""What needs something: which engine is meant, an app's registry, a table of an app, or `[trust]`."""

REACHING: Mapping[str, tuple[str, ...]] = {
    "notify": ("webhook", "allow_plain", "command"), "containers": ("debug_image",),
}  # fmt: skip
"""Keys of other tables that start a program, reach an address, or have an image run as root."""

DEFAULT, IGNORING = "dockerfile (by default)", "the ignore file"
BESIDE = (DEFAULT, IGNORING)
"""What a build takes without being told, beside its context and its Dockerfile."""

MOST_NAMED = 3
"""Things that a sentence names; `holdfast allow` lists all."""

LONGEST = 120
"""Characters of each."""

REMEDY = "holdfast allow lists what it asks for, and allows it"


class Ask(NamedTuple):
    """One thing that a file asks for.

    where   the key, "[apps.web.run] env_file"
    what    an endpoint, a registry, an absolute path, "$NAME" of the environment, or words of a command
    part    what needs it
    app     whose it is, "" for no app's
    place   the name by which an engine is called that is none of the user's, else ""
    leads   where a path leads through links, "" where it stands for itself
    """

    where: str
    what: str
    part: str
    app: str = ""
    place: str = ""
    leads: str = ""

    @property
    def means(self) -> str:
        """What is asked for in full: allowing it allows where it leads by now, and nothing else."""
        return f"{self.what} -> {self.leads}" if self.leads else self.what

    @property
    def words(self) -> str:
        """In a line."""
        return f"{self.where} = {self.means}"

    @property
    def short(self) -> str:
        """In a part of a sentence, which may stand in a journal."""
        if self.where == "[notify] webhook":
            return f"{self.where} = {origin(self.what)}"
        return f"{self.where} = {self.means[:LONGEST]}{'…' if len(self.means) > LONGEST else ''}"


class Own(NamedTuple):
    """What the user has named: engines by name, where engines are, registries; and their environment, by
    which their logins to registries are found."""

    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    registries: frozenset[str] = frozenset()
    environ: Mapping[str, str] = {}

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
    places = frozenset(_place(one) for one in named if isinstance(one, str) and is_endpoint(one))
    return Own(reached, places, named_by(theirs.get("apps", {})), environ)


def is_endpoint(name: str) -> bool:
    """Whether it says where an engine is, else it is what one is called."""
    return "://" in name or name.startswith("/")


def _place(url: str) -> str:
    """An endpoint as it is compared: a socket by where its path really leads."""
    path = url.removeprefix("unix://")
    return os.path.realpath(path) if path.startswith("/") else url


def _leads(what: str) -> str:
    """Where a path, or a socket's, leads through links; "" for what is none, or stands for itself."""
    path = what.removeprefix("unix://")
    if not path.startswith("/") or (real := os.path.realpath(path)) == os.path.normpath(path):
        return ""
    return real


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
        found.append(Ask("engine", engine, ENGINE, place=engine, leads=_leads(engine)))
    found += _engines(values.get("engines", {}), mine)
    for name, table in values.get("fleets", {}).items():
        found += _named(f"[fleets.{bare(name)}] engines", (table or {}).get("engines"), mine)
    found += _registries(values.get("apps", {}), mine)
    for name, table in values.get("apps", {}).items():
        found += [one._replace(app=name) for one in _app(name, table, os.path.realpath(folder), mine)]
    found += _trust(values.get("trust", {}), os.path.realpath(folder))
    found += _reaching(values)
    return list(dict.fromkeys(found))  # two spellings may name one thing


def _reaching(values: Mapping[str, Any]) -> Iterator[Ask]:
    for table, keys in REACHING.items():
        for key in keys:
            if value := values.get(table, {}).get(key):
                import shlex

                words = shlex.join(value) if isinstance(value, tuple) else str(value)
                leads = _leads(os.path.expanduser(value[0])) if key == "command" else ""
                yield Ask(f"[{table}] {key}", "true" if value is True else words, table, leads=leads)


def _engines(tables: Mapping[str, Mapping[str, Any] | None], mine: Own) -> Iterator[Ask]:
    for name, table in tables.items():
        place = name if name not in mine.names else ""
        if is_endpoint(name) and not mine.has(name):
            yield Ask(f"engines.{bare(name)}", "an engine", ENGINE, place=place)
        for key in REACHED:
            if key in (table or {}):
                value = (table or {})[key]
                what = ", ".join(value) if isinstance(value, tuple) else str(value)
                reached = place if key == "host" else ""
                yield Ask(f"[engines.{bare(name)}] {key}", what, ENGINE, place=reached, leads=_leads(what))


def _named(where: str, names: Sequence[str] | None, mine: Own) -> Iterator[Ask]:
    for name in names or ():
        if isinstance(name, str) and not mine.has(name):
            yield Ask(where, name, ENGINE, place=name, leads=_leads(name))


def _registries(apps: Mapping[str, Mapping[str, Any]], mine: Own) -> list[Ask]:
    asked = [
        Ask(f"[apps.{bare(name)}] image", registry_of(str(table.get("image", name))), REGISTRY, name)
        for name, table in apps.items()
    ]
    for name, table in apps.items():
        where = f"[apps.{bare(name)}.{BUILD}] cache_from"
        sources = (table.get(BUILD) or {}).get("cache_from") or ()
        asked += [Ask(where, registry_of(str(source)), BUILD, name) for source in sources]
    strange = [one for one in asked if one.what and one.what not in mine.registries]
    known = logins(mine.environ) if strange else ()
    return [one for one in strange if one.what not in known]


def _app(name: str, table: Mapping[str, Any], folder: str, mine: Own) -> Iterator[Ask]:
    head = f"apps.{bare(name)}"
    yield from _named(f"[{head}] engines", table.get("engines"), mine)
    for part in (BUILD, RUN, SCAN):
        for key, path in paths_of(part, table, folder):
            near = _near(table, folder) if key in BESIDE else (folder,)
            if all(_is_outside(path, one) for one in near):
                yield Ask(f"[{head}.{part}] {key}", spelled(path), part, leads=_leads(path))
    for part, rights in ((BUILD, rights_of_build), (RUN, rights_of_run)):
        for key, right in rights(table.get(part) or {}):
            yield Ask(f"[{head}.{part}] {key}", right, part)
    for key, variables in _variables(table, folder):
        for variable in variables:
            yield Ask(f"[{head}.{key}", f"${variable}", key.partition("]")[0])
    scanner = (table.get(SCAN) or {}).get("scanner")
    if isinstance(scanner, str) and scanner.startswith("/"):  # a program is one wherever it lies
        yield Ask(f"[{head}.{SCAN}] scanner", scanner, SCAN, leads=_leads(scanner))


def paths_of(part: str, table: Mapping[str, Any], folder: str) -> Iterator[tuple[str, str]]:
    """The files that a table of an app names, or takes without being told, by key. All are absolute."""
    if table.get(part) is None:
        return
    of = {BUILD: _of_build, RUN: _of_run, SCAN: _of_scan}
    for key, path in of[part](table[part], folder):
        if isinstance(path, str) and path.startswith("/"):
            yield key, path


def spelled(path: str) -> str:
    """A path in one spelling, where several lead to the same."""
    short = os.path.normpath(path)
    return short if os.path.realpath(short) == os.path.realpath(path) else path


def _near(table: Mapping[str, Any], folder: str) -> tuple[str, ...]:
    """Folders from which files are taken without being named: they are asked for themselves."""
    context = table[BUILD].get("context") or folder
    file = table[BUILD].get("dockerfile")
    named = (os.path.dirname(os.path.join(context, file)),) if file else ()
    return (folder, *map(os.path.realpath, (context, *named)))


def _is_outside(path: str, folder: str) -> bool:
    return os.path.commonpath((folder, os.path.realpath(path))) != folder


def _variables(table: Mapping[str, Any], folder: str) -> Iterator[tuple[str, list[str]]]:
    """Variables of the environment that a build or a container is given, by the key that names them."""
    for id, source in ((table.get(BUILD) or {}).get("secrets") or {}).items():
        yield f"{BUILD}] secrets.{bare(id)}", [source[1]] if source[1] else []
    run = table.get(RUN) or {}
    for name, value in (run.get("environment") or {}).items():
        if value is None:
            yield f"{RUN}] environment", [name]
        elif "$" in value:
            yield f"{RUN}] environment.{bare(name)}", _in_value(value)
    for path in run.get("env_file") or ():
        if isinstance(path, str) and not _is_outside(path, folder):
            yield f"{RUN}] env_file", _in_file(path)


def _in_value(text: str) -> list[str]:
    """The variables that a value is filled in from: none where it is a text with a dollar sign in it."""
    from tui.model.interpolation import is_variable, variables_in

    return variables_in(text) if is_variable(text) else []


def _in_file(path: str) -> list[str]:
    """The variables that an env_file of the folder asks for: it came with the repository too."""
    from tui.model.env_file import variables_of

    try:
        return variables_of(read_file(path).decode("utf-8", "replace").removeprefix("\ufeff"))
    except OSError:  # whoever needs it is told
        return []


def _of_build(table: Mapping[str, Any], folder: str) -> Iterator[tuple[str, Any]]:
    yield "context", table.get("context")
    context = table.get("context") or folder  # which is the folder where none is named
    file = os.path.normpath(os.path.join(context, table.get("dockerfile") or "Dockerfile"))
    yield ("dockerfile" if table.get("dockerfile") else DEFAULT), file
    ignoring = (f"{file}.dockerignore", f"{os.path.dirname(file)}/.dockerignore", f"{context}/.dockerignore")
    for path in dict.fromkeys(map(os.path.normpath, ignoring)):
        yield IGNORING, path
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
    yield "database", table.get("database")
    for path in table.get("vex") or ():
        yield "vex", path


def _trust(table: Mapping[str, Any], folder: str) -> Iterator[Ask]:
    """Programs that print a key, and private keys outside of the folder (`tui.settings.trust_keys`)."""
    private = _private(table)
    public = {f"verify_keys.{bare(one.name)}": one.source for one in table.get("verify_keys") or () if one}
    for key, source in (*private.items(), *public.items()):
        if source is not None and source.command:
            import shlex

            yield Ask(f"[trust] {key}", shlex.join(source.command), TRUST, leads=_leads(source.command[0]))
    for key, path in key_files(table):
        if _is_outside(path, folder):
            yield Ask(f"[trust] {key}", spelled(path), TRUST, leads=_leads(path))


def key_files(table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The files of private keys that `[trust]` names, by key."""
    return [(key, one.file) for key, one in _private(table).items() if one is not None and one.file]


def _private(table: Mapping[str, Any]) -> dict[str, Any]:
    private = {"sign_key": table.get("sign_key")}
    return private | {f"sign_keys.{bare(name)}": one for name, one in (table.get("sign_keys") or {}).items()}


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
    for name, keys in REACHING.items():
        if name in found:
            found[name] = {key: value for key, value in found[name].items() if key not in keys}
    why = "has changed since it was allowed" if changed else "may have come with a repository"
    return found, f"{path} {why}, and asks for {named(wanted)}: not obeyed; {REMEDY}"


def named(wanted: Sequence[Ask]) -> str:
    """The first of them, and how many more there are."""
    said = ", ".join(one.short for one in wanted[:MOST_NAMED])
    return f"{said} and {len(wanted) - MOST_NAMED} more" if len(wanted) > MOST_NAMED else said
