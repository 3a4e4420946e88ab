"""`[policy]` and `[engines.NAME]`: apart from `tui.model.app`, whose many classes take 3 ms at the start."""

from __future__ import annotations

from typing import NamedTuple


class Policy(NamedTuple):
    """`[policy]`.

    mutable_tags   tags that may move, as shell patterns ("latest", "main-*"); every other tag is a version
    require_tests  whether an image must have passed its test before it is pushed or deployed
    allow_dirty    whether an image built from uncommitted changes may be given a version
    """

    mutable_tags: tuple[str, ...] = ()
    require_tests: bool = True
    allow_dirty: bool = False


class EngineSettings(NamedTuple):
    """`[engines.NAME]`. On one that is `protected`, nothing changes before the name of the app, container or
    image that it is about has been typed; a command line without a terminal needs --confirm."""

    colour: str = ""
    protected: bool = False
