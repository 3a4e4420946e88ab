"""What `--help` says of each verb; of those that are operations it stands with the verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.verb import VERBS

if TYPE_CHECKING:
    from collections.abc import Sequence

STATUS = (
    "exit status: 0 done; 1 failed and undone; 2 usage or configuration; 3 engine or registry out of reach; "
    "4 refused (a version would move, or a policy is not met); 5 leased by someone else; "
    "6 needs attention; 130 cancelled"
)

DESCRIPTIONS = {
    **{name: verb.help for name, verb in VERBS.items()},
    "unlock": "Remove the lease of an app, whoever has it. The operation that had it stops at its next step, "
    "and does not undo what it has begun: holdfast recover does. You are asked first, and told whose it is; "
    "without a terminal --yes is needed, on a protected engine --confirm APP.",
    "status": "What is live, since when, by whom, whether it is healthy, and what can be gone back to. "
    "Exit status 3 where an engine is out of reach.",
    "engines": "List the engines of the configuration, of the apps and of Docker's contexts: whether each "
    "answers, how long that takes, and with --apps which release of each app runs where, and which engines "
    "differ. All are asked at once, none for longer than 5 seconds; one that is not enabled, or in "
    "maintenance, only where --context or --host names it. Exit status 3 where one does not answer.",
    "logs": "Show what the live release of an app writes, or with --release an earlier one that still has "
    "its container; of an app on several engines in one, by the engines' own clocks. Without --since and "
    "--tail the newest lines, as many as [log] tail says. Times are local; --since 2h --until 1h is what was "
    "between. In a pipe lines are written as they are, on a terminal nothing in them moves the cursor. "
    "Exit status 1 where there is no such container, 3 where an engine is out of reach.",
    "drift": "Whether what is live is still what was deployed, with each cause. "
    "Exit status 1 where it is not.",
    "verify": "What drift looks at; with --deep the layers on the engine too, of what is live and of every "
    "release that can be gone back to: all of them are read, as docker save does, and compared "
    "with the image's ID. Of a VERSION (a tag, a digest, or rN), and of what is live where [trust] is "
    "configured, the chain commit, build, test, scan, signature, push, deploy: who, when, where, and the "
    "command by which anybody can check it. A version needs no engine. Exit status 1 where anything differs, "
    "3 where something could not be looked at, 4 where something is missing that [policy] or [trust] "
    "requires.",
    "history": "List the releases of an app, the newest first; with --operations what this account did, "
    "from its journals. --show has all output of one operation.",
    "trust": "Show which keys are in force, whether each can be read and why not, what is required of the "
    "images of which repositories, and which file says so. Exit status 2 where a key cannot be used. "
    "init makes a key pair, at PATH or with your configuration, and says where each half goes; what is there "
    "is never overwritten. --passphrase asks for one; without a terminal COSIGN_PASSWORD is to have it.",
    "allow": "Show what a configuration file asks for beyond its folder (engines, files elsewhere, "
    "programs), ask, and let it. holdfast.toml comes with a repository: such things count only once you have "
    "allowed them, by the file's hash, so that a changed file is asked about anew. Files in your own "
    "configuration's folder and in /etc need none. Exit status 2 where it is not allowed, or not there.",
    "demo": "Open the dashboard on a simulated engine: three apps with a past, a registry of its own, and "
    "every verb. Nothing is real, and all of it goes with the demo. --tour walks through it by itself, until "
    "a key is pressed.",
    "doctor": "Check everything that Holdfast needs, and say what to do where something is wrong. "
    "Exit status 1 where there is a problem.",
    "bundle": "Put into one archive what somebody needs who is to find out what happened: the logs of the "
    "live and the earlier containers, the engine's events, what this account did with the app, its releases "
    "and how they differ, drift, and what doctor finds. Values of variables, build arguments, logins and "
    "whatever looks like a secret are masked; manifest.json says what is in it and what was left out, and "
    "why. Where an engine is out of reach it holds what this machine knows, and the exit status is 3.",
    "completion": "Print what makes a shell complete verbs, options, and the names of apps, versions, "
    "releases and engines. It asks holdfast itself on every Tab, so that it stays right after an update; an "
    "engine is asked for a second at most, one by ssh not at all.",
    "man": "Show the manual page; without a terminal it is printed as man and mandoc read it.",
    "init": "Write a starting holdfast.toml from what a folder holds: its Dockerfiles, git remote and "
    "compose files. A file that is there is never overwritten. --example prints every key, explained.",
}

EXAMPLES: dict[str, Sequence[str]] = {
    **{name: verb.examples for name, verb in VERBS.items()},
    "unlock": ["holdfast unlock web", "holdfast unlock web --plan"],
    "status": ["holdfast status", "holdfast status web --json", "holdfast status --drift"],
    "engines": ["holdfast engines", "holdfast engines --apps", "holdfast engines --json"],
    "logs": [
        "holdfast logs web --follow",
        "holdfast logs web --since 2h --grep '/ 5[0-9][0-9] /'",
        "holdfast logs web --release r3",
    ],
    "drift": ["holdfast drift", "holdfast drift web --json"],
    "verify": ["holdfast verify", "holdfast verify web v1.4.0", "holdfast verify --deep --json"],
    "history": [
        "holdfast history web",
        "holdfast history --operations --limit 100",
        "holdfast history --show last",
    ],
    "trust": ["holdfast trust", "holdfast trust init --name ci", "holdfast trust init ci.key --passphrase"],
    "allow": ["holdfast allow", "holdfast allow deploy/prod.toml --yes", "holdfast allow --list"],
    "demo": ["holdfast demo", "holdfast demo --tour"],
    "doctor": ["holdfast doctor", "holdfast --context prod doctor"],
    "bundle": ["holdfast bundle web", "holdfast bundle web --output /tmp --log-size 20 --hours 72"],
    "completion": [
        "holdfast completion bash",
        "holdfast completion zsh > ~/.zfunc/_holdfast",
        "holdfast completion fish > ~/.config/fish/completions/holdfast.fish",
    ],
    "man": ["holdfast man", "holdfast man > holdfast.1"],
    "init": ["holdfast init", "holdfast init --example", "holdfast init services/web --stdout"],
}

SHORT = {
    "init": "write a starting holdfast.toml",
    "status": "what is live, and what can be gone back to",
    **{name: verb.short for name, verb in VERBS.items()},
    "engines": "which engines there are, and how each is",
    "logs": "what the live release writes",
    "history": "releases, or what was done",
    "drift": "whether what runs is what was deployed",
    "verify": "drift, layers, and the chain of trust",
    "unlock": "remove the lease of an app",
    "trust": "keys and what is required; make a key pair",
    "allow": "let a repository's file name engines and paths",
    "doctor": "check engine, registries, configuration",
    "demo": "try it all on a simulated engine",
    "bundle": "put what is known of an app into one archive",
    "completion": "complete arguments in bash, zsh or fish",
    "man": "read the manual page",
}
"""In the order of `holdfast --help`."""
