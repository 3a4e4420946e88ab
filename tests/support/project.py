"""A small project as its developer has it: sources, a Dockerfile, holdfast.toml, a git repository."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from tests.support.allowing import allow_file
from tests.support.busybox import IMAGE

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = f"""\
FROM {IMAGE}
WORKDIR /www
COPY index.html .
RUN echo compiling && grep -c . index.html
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
"""

CONFIG = """\
[apps.{name}]
image = "{image}"

[apps.{name}.build]
context = "."
network = "none"

[apps.{name}.ready]
http = "8080/index.html"
timeout = 20

[apps.{name}.test]
command = ["grep", "-q", "{word}", "/www/index.html"]
"""

AUTHOR = {
    "GIT_AUTHOR_NAME": "dev",
    "GIT_AUTHOR_EMAIL": "dev@example.com",
    "GIT_COMMITTER_NAME": "dev",
    "GIT_COMMITTER_EMAIL": "dev@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


class Project:
    """A web server whose page says `word`; its test looks for that word. Committed, so it is clean."""

    def __init__(self, folder: Path, image: str, *, name: str = "web", word: str = "hello") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.image = image
        self.name = name
        self.write("index.html", f"{word} world\n")
        self.write("Dockerfile", DOCKERFILE)
        self.write("holdfast.toml", CONFIG.format(name=name, image=image, word=word))
        self.git("init", "-q", "-b", "main")
        self.commit()

    def write(self, path: str, text: str) -> Path:
        """Write a file, its folders too; its path."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if path == "holdfast.toml":  # its owner has allowed what it asks for
            allow_file(str(file))
        return file

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", "-C", self.folder, *words],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, **AUTHOR},
        )
        return done.stdout.strip()

    def commit(self, message: str = "a change") -> str:
        """Commit everything; the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")
