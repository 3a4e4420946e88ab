"""The tags pane says where a tag is: here, in the registry, in both, or moved."""

from __future__ import annotations

from tui.model.remote import RemoteTag, RemoteTags


def local_tag(robot):
    """A tag on the simulated engine, with its repository, name and image."""
    image = next(image for image in robot.app.store.images.values() if image.tags)
    repository, _, name = image.tags[0].rpartition(":")
    return repository, name, image


async def test_before_any_registry_was_asked_nothing_is_claimed(dashboard):
    async with dashboard(size=(160, 50)) as robot:
        await robot.do("pane.tags")

        assert "WHERE" not in robot.text()


async def test_local_remote_both_and_moved(dashboard):
    async with dashboard(size=(160, 50)) as robot:
        repository, name, image = local_tag(robot)
        await robot.do("pane.tags")
        await robot.do("pane.zoom")

        def where(tag):
            return robot.row(f"{repository}:{tag} ").split()

        robot.app.store.put_remote(RemoteTags(repository, 1.0, {"v9.9.9": RemoteTag("sha256:other")}))
        await robot.pilot.pause()
        assert "local" in where(name)
        assert "remote" in where("v9.9.9")

        robot.app.store.put_remote(RemoteTags(repository, 2.0, {name: RemoteTag("sha256:x", image.id)}))
        await robot.pilot.pause()
        assert "both" in where(name)

        robot.app.store.put_remote(RemoteTags(repository, 3.0, {name: RemoteTag("sha256:x", "sha256:y")}))
        await robot.pilot.pause()
        assert "moved" in where(name)

        robot.app.store.put_remote(RemoteTags(repository, 4.0, {}, error="out of reach"))
        await robot.pilot.pause()
        assert "?" in where(name)


async def test_what_only_the_registry_has_cannot_be_inspected_or_untagged_here(dashboard):
    async with dashboard(size=(160, 50)) as robot:
        repository, _, _ = local_tag(robot)
        robot.app.store.put_remote(RemoteTags(repository, 1.0, {"v9.9.9": RemoteTag("sha256:other")}))
        await robot.do("pane.tags")
        robot.app.main.tags.set_filter("v9.9.9")
        await robot.pilot.pause()

        await robot.press("i")
        await robot.wait_for("only in the registry")
