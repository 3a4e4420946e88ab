"""Images: names, and the engine's rules for taking a name or an image away (moby/daemon/images)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.demo.refused import Refused, no_such_image
from tui.model.reference import split_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.journal import Journal
    from tui.demo.objects import Container, Image

REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+|[:/])[a-z0-9]+)*")
TAG = re.compile(r"[\w][\w.-]{0,127}", re.ASCII)


def with_tag(reference: str) -> str:
    """A reference as the engine completes it: ":latest" where it names neither tag nor digest."""
    parts = split_reference(reference)
    return reference if parts.tag or parts.digest else f"{reference}:latest"


class Library:
    """The images of a simulated engine by ID; `containers` are those that may need them."""

    def __init__(self, journal: Journal, containers: Mapping[str, Container]) -> None:
        self.journal = journal
        self.images: dict[str, Image] = {}
        self.containers = containers

    def find(self, reference: str) -> Image:
        """An image by reference, ID or the beginning of its ID (with or without "sha256:").

        Raises Refused 404 with the engine's words.
        """
        complete = with_tag(reference)
        for image in self.images.values():
            if complete in image.tags or reference in image.digests:
                return image
        if reference in self.images:
            return self.images[reference]
        hexadecimal = reference.removeprefix("sha256:")
        if re.fullmatch(r"[0-9a-f]{4,64}", hexadecimal):
            for image in self.images.values():
                if image.id.startswith(hexadecimal, 7):
                    return image
        raise no_such_image(complete)

    def means(self, reference: str, key: str) -> bool:
        """Whether a reference means the image of that ID, now."""
        image = self.images.get(key)
        return image is not None and (
            reference in image.tags
            or reference in image.digests
            or with_tag(reference) in image.tags
            or key.startswith((reference, f"sha256:{reference}"))
        )

    def _tell(self, image: Image, action: str, name: str) -> None:
        self.journal.publish("image", action, image.id, {**image.labels, "name": name})

    def add(self, image: Image, action: str = "") -> None:
        """Hold an image; its tags are taken from any other. `action`: the event, "" for none."""
        for tag in image.tags:
            self._take(tag, image)
        self.images[image.id] = image
        if action:
            self._tell(image, action, image.tags[0] if image.tags else image.id)

    def _take(self, tag: str, owner: Image | None = None) -> None:
        for other in self.images.values():
            if other is not owner and tag in other.tags:
                other.tags.remove(tag)

    def tag(self, image: Image, repository: str, tag: str) -> str:
        """POST /images/{name}/tag: move or make a name; returns it complete."""
        if not REPOSITORY.fullmatch(repository):
            why = "repository name must be lowercase" if repository != repository.lower() else ""
            raise Refused(500, f"invalid reference format: {why}" if why else "invalid reference format")
        if tag and not TAG.fullmatch(tag):
            raise Refused(500, "invalid tag format")
        name = f"{repository}:{tag or 'latest'}"
        self.name(image, name)
        self._tell(image, "tag", name)
        return name

    def name(self, image: Image, name: str) -> None:
        """Make or move a complete name, and say nothing."""
        if name not in image.tags:
            self._take(name)
            image.tags.append(name)
        image.tagged = self.journal.clock()

    def users(self, image: Image) -> list[Container]:
        return [container for container in self.containers.values() if container.image_id == image.id]

    def remove(self, reference: str, force: bool = False) -> list[dict[str, str]]:
        """DELETE /images/{name}: what was untagged and deleted, as the API lists it.

        Raises Refused 409 while containers use it or other names need it, by the engine's rules.
        """
        image = self.find(reference)
        short = image.id[7:19]
        complete = with_tag(reference)
        users = self.users(image)
        if reference in image.digests and (len(image.digests) > 1 or image.tags):
            image.digests.remove(reference)
            self._tell(image, "untag", image.id)
            return [{"Untagged": reference}]
        if complete in image.tags:
            if len(image.tags) > 1:
                return self._untag(image, complete)
            if users and not force:
                raise Refused(
                    409,
                    f'conflict: unable to remove repository reference "{reference}" (must force) - '
                    f"container {users[0].id[:12]} is using its referenced image {short}",
                )
            if any(user.alive for user in users):
                return self._untag(image, complete)
        else:
            running = next((user for user in users if user.alive), None)
            if running:
                raise Refused(
                    409,
                    f"conflict: unable to delete {short} (cannot be forced) - "
                    f"image is being used by running container {running.id[:12]}",
                )
            if not force and len({split_reference(tag).repository for tag in image.tags}) > 1:
                raise Refused(
                    409,
                    f"conflict: unable to delete {short} (must be forced) - "
                    "image is referenced in multiple repositories",
                )
            if users and not force:
                raise Refused(
                    409,
                    f"conflict: unable to delete {short} (must be forced) - "
                    f"image is being used by stopped container {users[0].id[:12]}",
                )
        return self._delete(image)

    def _untag(self, image: Image, tag: str) -> list[dict[str, str]]:
        """Take a name away; the digests of a repository go with its last tag."""
        image.tags.remove(tag)
        gone = [{"Untagged": tag}]
        repository = split_reference(tag).repository
        if all(split_reference(other).repository != repository for other in image.tags):
            for digest in tuple(image.digests):
                if split_reference(digest).repository == repository:
                    image.digests.remove(digest)
                    gone.append({"Untagged": digest})
        self._tell(image, "untag", image.id)
        return gone

    def _delete(self, image: Image) -> list[dict[str, str]]:
        """Take all names away, and then the image."""
        gone = [entry for tag in tuple(image.tags) for entry in self._untag(image, tag)]
        del self.images[image.id]
        self.journal.publish("image", "delete", image.id, {"name": image.id})
        return [*gone, {"Deleted": image.id}]

    def prune(self, dangling: bool = True) -> tuple[list[dict[str, str]], int]:
        """POST /images/prune: untagged images, or all, that no container uses; and the bytes freed."""
        gone: list[dict[str, str]] = []
        freed = 0
        for image in tuple(self.images.values()):
            if self.users(image) or (dangling and image.tags):
                continue
            freed += image.size
            gone += self._delete(image)
        self.journal.publish("image", "prune", "", {"reclaimed": str(freed)})
        return gone, freed
