"""What `--help` says of each verb."""

from __future__ import annotations

ASKS = (
    "On a terminal the plan is shown and you are asked first, unless --yes is given. "
    "Without a terminal (cron, CI) nobody could answer: the command itself is the consent, "
    "except on an engine that is protected: there the app's name is typed, or said by --confirm."
)

STATUS = (
    "exit status: 0 done; 1 failed and undone; 2 usage or configuration; 3 engine or registry out of reach; "
    "4 refused (a version would move, or a policy is not met); 5 leased by someone else; "
    "6 needs attention; 130 cancelled"
)

DESCRIPTIONS = {
    "build": "Build the image of an app. Ctrl+C cancels; closing the terminal does not.",
    "test": "Run an image as it would be deployed, wait until it is ready, and run the app's test command "
    "in it. Whatever was started is removed again.",
    "tag": f"Give an image of an app a version, which never moves to another image: exit status 4. {ASKS}",
    "push": "Push an image's version to its registry, and read back what arrived there. "
    f"A version in the registry is never overwritten: exit status 4. {ASKS}",
    "deploy": "Put a version into service: its exact bytes, as a release in the ledger of the engine. "
    "Where it does not become ready, or falls over while it is watched, the release before serves again: "
    "exit status 1. Ctrl+C undoes it; closing the terminal does not stop it. A version that names other "
    "bytes than before is refused: --digest says which are meant. What is live already stays as it is "
    f"unless --again is given. {ASKS}",
    "rollback": "Go back to an earlier release: its exact bytes and configuration, as a new release. "
    f"Without --to it is the newest earlier one that was good. {ASKS}",
    "ship": "Build, test, tag, push and deploy in a row; the first that fails stops it. "
    "Without VERSION the next patch is offered on a terminal; elsewhere it has to be named. "
    f"What is live already, bytes and configuration, stays as it is unless --again is given. {ASKS}",
    "recover": "Finish or undo a deploy that was interrupted, by what stands on the engine; nothing else is "
    f"needed. {ASKS}",
    "prune": "Remove earlier good releases beyond those that are kept (keep in the configuration), their "
    "images and builds (keep_builds) where nothing else needs them, and volumes without a name that no "
    f"container has. The plan names each of them with its size. The ledger keeps every record. {ASKS}",
    "adopt": "Take over a running container that nobody manages: its configuration becomes an app's, its "
    f"present state release r1. It runs on, untouched. {ASKS}",
    "unlock": "Remove the lease of an app, whoever has it. The operation that had it stops at its next step, "
    "and does not undo what it has begun: holdfast recover does. You are asked first, and told whose it is; "
    "without a terminal --yes is needed, on a protected engine --confirm APP.",
    "status": "What is live, since when, by whom, whether it is healthy, and what can be gone back to. "
    "Exit status 3 where an engine is out of reach.",
    "drift": "Whether what is live is still what was deployed, with each cause. "
    "Exit status 1 where it is not.",
    "verify": "What drift looks at; with --deep the layers on the engine too, of what is live and of every "
    "release that can be gone back to: all of them are read, as docker save does, and compared "
    "with the image's ID. Exit status 1 where anything differs, 3 where something could not be looked at.",
    "history": "List the releases of an app, the newest first; with --operations what this account did, "
    "from its journals. --show has all output of one operation.",
    "doctor": "Check everything that Holdfast needs, and say what to do where something is wrong. "
    "Exit status 1 where there is a problem.",
    "init": "Write a starting holdfast.toml from what a folder holds: its Dockerfiles, git remote and "
    "compose files. A file that is there is never overwritten. --example prints every key, explained.",
}

EXAMPLES = {
    "build": ["holdfast build", "holdfast build web --no-cache", "image=$(holdfast build web --quiet)"],
    "test": ["holdfast test web", "holdfast test web --image 3f2a9c71b0de"],
    "tag": ["holdfast tag web v1.4.0", "holdfast tag web            suggests versions"],
    "push": ["holdfast push web v1.4.0", "holdfast push web v1.4.0 --plan", "holdfast push --yes --json"],
    "deploy": [
        "holdfast deploy web v1.4.0",
        "holdfast deploy web v1.4.0 --plan",
        "holdfast deploy web sha256:3f2a9c71b0de...",
        "holdfast deploy web         lists versions",
    ],
    "rollback": ["holdfast rollback web", "holdfast rollback web --to r12", "holdfast rollback web --plan"],
    "ship": ["holdfast ship web v1.4.0", "holdfast ship web           offers the next patch"],
    "recover": ["holdfast recover web", "holdfast recover web --plan"],
    "prune": ["holdfast prune web", "holdfast prune web --plan"],
    "adopt": ["holdfast adopt web", "holdfast adopt shop_web_1 --name web"],
    "unlock": ["holdfast unlock web", "holdfast unlock web --plan"],
    "status": ["holdfast status", "holdfast status web --json", "holdfast status --drift"],
    "drift": ["holdfast drift", "holdfast drift web --json"],
    "verify": ["holdfast verify", "holdfast verify web --deep", "holdfast verify --deep --json"],
    "history": [
        "holdfast history web",
        "holdfast history --operations --limit 100",
        "holdfast history --show last",
    ],
    "doctor": ["holdfast doctor", "holdfast --context prod doctor"],
    "init": ["holdfast init", "holdfast init --example", "holdfast init services/web --stdout"],
}

SHORT = {
    "init": "write a starting holdfast.toml",
    "status": "what is live, and what can be gone back to",
    "build": "build an app's image",
    "test": "run an image and prove that it works",
    "tag": "give an image a version, which never moves",
    "push": "push a version, and read it back",
    "deploy": "put a version into service",
    "rollback": "go back to an earlier release",
    "ship": "build, test, tag, push and deploy",
    "history": "releases, or what was done",
    "drift": "whether what runs is what was deployed",
    "verify": "drift, and whether layers are whole",
    "recover": "finish or undo what was interrupted",
    "prune": "remove releases beyond those kept",
    "adopt": "take over a running container",
    "unlock": "remove the lease of an app",
    "doctor": "check engine, registries, configuration",
}
"""In the order of `holdfast --help`."""

WORDS = {
    "build": "[APP]",
    "test": "[APP]",
    "tag": "[APP] [VERSION]",
    "push": "[APP] [VERSION]",
    "deploy": "[APP] VERSION",
    "rollback": "[APP] [--to rN]",
    "ship": "[APP] [VERSION]",
    "recover": "[APP]",
    "prune": "[APP]",
    "adopt": "CONTAINER [--name APP]",
}
"""What the usage of an operation shows behind the verb."""
