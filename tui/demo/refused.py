"""What the simulated engine refuses, with the words of the real one."""

from __future__ import annotations


class Refused(Exception):
    """A request that is answered with `status` and `{"message": message}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def no_such_container(reference: str) -> Refused:
    return Refused(404, f"No such container: {reference}")


def no_such_image(reference: str) -> Refused:
    return Refused(404, f"No such image: {reference}")


def name_taken(name: str, owner: str) -> Refused:
    return Refused(
        409,
        f'Conflict. The container name "/{name}" is already in use by container "{owner}". '
        "You have to remove (or rename) that container to be able to reuse that name.",
    )


def not_running(container: str) -> Refused:
    return Refused(409, f"Container {container} is not running")
