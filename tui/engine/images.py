"""Images (Engine API, section Image)."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from tui.engine import descriptions, payloads, transfers
from tui.engine.bounds import NAMED_BYTES, SILENCE
from tui.engine.credentials import registry_auth_header
from tui.engine.error_mapping import readable
from tui.engine.errors import LayersDamaged, MalformedAnswer, NotFound, RequestRefused, ServerFault
from tui.engine.image_archive import ImageArchive, NoArchive, compare
from tui.engine.jsonmessage import JsonMessages, parse, refuse_attached
from tui.engine.wire import Wire, one_line, segment
from tui.model.registry_name import registry_host
from tui.together import all_of

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from tui.engine.image_archive import Compared
    from tui.engine.transfers import LayerProgress, Pulled, Pushed
    from tui.model.credentials import Credentials
    from tui.model.details import Details
    from tui.model.image import Image, ImageConfig

REMOVE_SECONDS = 600.0
"""Time limit for removing layers from the disk."""

SAVE_SECONDS = 1800.0
"""Time limit for the beginning of an image's archive, which older engines write to their disk before."""

LOAD_SECONDS = 3600.0
"""Time limit for sending an image's archive, and for the engine to unpack it."""

DAMAGE = ("file integrity checksum failed", "no such file or directory", "layer does not exist")
"""What an engine says where the files of a layer are not those that it unpacked."""

EMPTY_TAR = bytes(1024)
"""A tar is ended by two blocks of 512 zero bytes."""


async def _kept_nowhere(_: bytes) -> None:
    """For what is only looked at."""


class Images:
    """The images of one engine. All calls raise EngineError."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def list(self) -> list[Image]:
        """All images that are not merely a layer of another."""
        found: list[Image] = []
        known = attached = 0
        async with aclosing(self._wire.items("/images/json")) as parts:
            async for items in parts:
                with readable("GET /images/json"):
                    found += [payloads.image_listed(item) for item in items]
                attached += sum(len(one.labels) + len(one.tags) + len(one.digests) for one in found[known:])
                known = len(found)
                refuse_attached(attached, "GET /images/json")
        return found

    async def details(self, id: str) -> Details:
        """What inspect and history say, arranged for reading, secrets masked; `id` may be a reference."""
        path = f"/images/{segment(id)}"
        item, history = await all_of(self._wire.get(f"{path}/json"), self._wire.get(f"{path}/history"))
        with readable("GET /images/{name}/json"):
            return descriptions.image(item, history)

    async def config(self, id: str) -> ImageConfig:
        """What an image says about itself; `id` may be a reference. NotFound where there is none."""
        item = await self._wire.get(f"/images/{segment(id)}/json")
        with readable("GET /images/{name}/json"):
            return payloads.image_config(item)

    async def inspect_id(self, reference: str) -> str:
        """The ID of the image that a reference names, "" where there is none."""
        try:
            return (await self.config(reference)).id
        except NotFound:
            return ""

    async def contents(self, id: str, most: int, tell: Callable[[int], None] = lambda _: None) -> Compared:
        """Whether the configuration and the layers that the engine has are those of an image's ID.

        All of it is read, and nothing of it kept; `tell` is told the bytes so far. LayersDamaged where the
        engine itself notices that files were altered on its disk, MalformedAnswer where it gives no archive
        of an image, AnswerTooLarge beyond `most` bytes.
        """
        return await self._archived(id, most, tell, _kept_nowhere)

    async def save(
        self, id: str, keep: Callable[[bytes], Awaitable[None]], most: int, tell: Callable[[int], None]
    ) -> Compared:
        """As `contents`; every part of the archive is given to `keep` before the next is read."""
        return await self._archived(id, most, tell, keep)

    async def _archived(
        self, id: str, most: int, tell: Callable[[int], None], keep: Callable[[bytes], Awaitable[None]]
    ) -> Compared:
        archive, size = ImageArchive(), 0
        path = f"/images/{segment(id)}/get"
        try:
            async with self._wire.stream("GET", path, seconds=SAVE_SECONDS) as answer:
                async for chunk in answer.chunks(most=most, silence=SILENCE):
                    archive.feed(chunk)
                    await keep(chunk)
                    size += len(chunk)
                    tell(size)
            archive.close()
            return compare(archive, id)
        except NoArchive as error:
            raise MalformedAnswer(f"the engine's archive of the image cannot be read: {error}") from error
        except ServerFault as error:
            if any(words in error.reason for words in DAMAGE):
                raise LayersDamaged(error.status, error.reason) from error
            raise

    async def load(self, archive: AsyncIterator[bytes]) -> None:
        """Take an image from an archive as `save` gives it; it gets no name.

        The engine checks what it unpacks by the image's own digests. A part is asked for once the one before
        is sent.
        """
        headers, query = {"Content-Type": "application/x-tar"}, {"quiet": True}
        messages = JsonMessages("POST /images/load")
        async with self._wire.stream(
            "POST", "/images/load", query, archive, headers=headers, seconds=LOAD_SECONDS
        ) as answer:
            async for chunk in answer.chunks(most=NAMED_BYTES, silence=SILENCE):
                for message in messages.feed(chunk):
                    if reason := message.get("error"):
                        raise ServerFault(500, one_line(str(reason)))
        messages.close()

    def push(
        self, repository: str, tag: str, credentials: Credentials | None = None
    ) -> AbstractAsyncContextManager[AsyncIterator[LayerProgress | Pushed]]:
        """Push a tag: `async with images.push(...) as events: async for event in events`.

        Leaving the block ends it. TransferFailed and its kinds; TransferBroken where trying again may help.
        """
        return transfers.push(self._wire, repository, tag, credentials)

    def pull(
        self, reference: str, credentials: Credentials | None = None, platform: str = ""
    ) -> AbstractAsyncContextManager[AsyncIterator[LayerProgress | Pulled]]:
        """Pull a tag or a digest, for a platform ("linux/arm64") or the engine's own; else as `push`."""
        return transfers.pull(self._wire, reference, credentials, platform)

    async def distribution_digest(self, reference: str, credentials: Credentials | None = None) -> str:
        """The digest that the registry has for a reference, asked by the engine; "" where it has none.

        TransferFailed and its kinds where the registry gives no answer.
        """
        headers = {"X-Registry-Auth": registry_auth_header(credentials, registry_host(reference))}
        try:
            answer = await self._wire.get(f"/distribution/{segment(reference)}/json", headers=headers)
        except NotFound:
            return ""
        except RequestRefused as error:
            raise transfers.of_refusal(error, reference) from error
        with readable("GET /distribution/{name}/json"):
            return payloads.distributed_digest(answer)

    async def remove(self, ref: str, *, force: bool = False) -> builtins.list[str]:
        """Remove a tag, or an image by ID; what was untagged and deleted. Conflict while it is in use."""
        answer = parse(
            await self._wire.ask(
                "DELETE",
                f"/images/{segment(ref)}",
                {"force": force},
                seconds=REMOVE_SECONDS,
                most=NAMED_BYTES,
            )
        )
        with readable("DELETE /images/{name}"):
            return payloads.removed_names(answer)

    async def import_empty(self, repository: str, tag: str) -> None:
        """Make an image without any file in it, for containers that are never started."""
        query = {"fromSrc": "-", "repo": repository, "tag": tag}
        headers = {"Content-Type": "application/x-tar"}
        body = await self._wire.ask("POST", "/images/create", query, EMPTY_TAR, headers=headers, twice=True)
        messages = JsonMessages()
        for message in messages.feed(body):
            if reason := message.get("error"):
                raise ServerFault(500, one_line(str(reason)))
        messages.close()

    async def tag(self, id: str, repository: str, tag: str) -> None:
        """Name an image "repository:tag"; the engine moves the tag silently if another image has it."""
        query = {"repo": repository, "tag": tag}
        await self._wire.ask("POST", f"/images/{segment(id)}/tag", query, twice=True)
