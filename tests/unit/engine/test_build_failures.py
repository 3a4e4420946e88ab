"""What people read when a build fails: the sentences of real engines, turned into ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.recorded import recorded
from tui.engine.buildkit.failures import explain
from tui.engine.buildkit.messages import BuildMessages
from tui.engine.errors import BaseUnreachable, BuildFailed, MalformedAnswer
from tui.model.build import BuildStep

BUILDKITS = ["20.10-buildkit", "28.5-buildkit"]
CLASSICS = ["20.10-classic"]
ALL = BUILDKITS + CLASSICS


def failure(source: str, case: str) -> BuildFailed:
    """How a recorded build ended; the classic builder refuses some before it begins."""
    build = recorded(source)[case]
    messages = BuildMessages(build.dockerfile)
    with pytest.raises(BuildFailed) as raised:
        for message in build.messages:
            if set(message) == {"message"}:
                raise messages.failure(message["message"])
            list(messages.feed(message))
    return raised.value


def step(title: str) -> BuildStep:
    return BuildStep("sha256:a", title, state="failed", started=1.0, seconds=1.0)


def loading(image: str) -> BuildStep:
    return step(f"[internal] load metadata for {image}")


class TestPrograms:
    @pytest.mark.parametrize("source", [*ALL, "28.5-classic", "26.1-buildkit"])
    def test_a_command_that_fails(self, source: str) -> None:
        error = failure(source, "run-exit-2")
        command = "echo compiling && echo 'main.c:1: error' >&2 && exit 2"
        assert error.message == f'step "[2/3] RUN {command}" failed with exit code 2'
        assert error.line == 4
        assert list(error.detail[:7]) == [
            "Dockerfile:",
            "  2 | ",
            "  3 | # build it",
            "> 4 | RUN echo compiling && \\",
            "> 5 |     echo 'main.c:1: error' >&2 && \\",
            "> 6 |     exit 2",
            "  7 | COPY a.txt /",
        ]
        assert error.detail[7] == "last output:"
        assert sorted(error.detail[8:]) == ["compiling", "main.c:1: error"]

    @pytest.mark.parametrize("source", ALL)
    def test_a_command_that_is_not_there(self, source: str) -> None:
        error = failure(source, "run-127")
        assert error.message.endswith("failed with exit code 127")
        assert "is not in the image" in error.hint

    @pytest.mark.parametrize("source", ALL)
    def test_an_image_without_a_shell(self, source: str) -> None:
        error = failure(source, "no-shell")
        assert error.message.endswith("failed: the image has no /bin/sh")
        assert "without a shell" in error.hint

    @pytest.mark.parametrize("source", ALL)
    def test_the_step_that_broke_it_is_named_not_those_it_broke_off(self, source: str) -> None:
        error = failure(source, "parallel-fail")
        assert "RUN sleep 1; echo b broke; exit 9" in error.message
        assert error.line == 4
        assert error.detail[-1] == "b broke"

    @pytest.mark.parametrize("source", ALL)
    def test_no_network_inside_a_step(self, source: str) -> None:
        error = failure(source, "wget")
        assert "did not reach the network" in error.hint

    def test_memory(self) -> None:
        error = explain('process "/bin/sh -c make" did not complete successfully: exit code: 137')
        assert "memory" in error.hint

    @pytest.mark.parametrize("source", ALL)
    def test_a_user_that_is_not_there(self, source: str) -> None:
        error = failure(source, "user-missing")
        assert error.message.endswith("failed: the image has no user nobodyatall")

    @pytest.mark.parametrize("source", ["20.10-buildkit", "20.10-classic", "28.5-buildkit"])
    def test_the_line_although_variables_were_filled_in(self, source: str) -> None:
        assert failure(source, "variables").line == 9

    def test_only_the_last_lines(self) -> None:
        output = "".join(f"line {number}\n" for number in range(100))
        messages = BuildMessages()
        for text in ("Step 1/1 : RUN x", "\n", " ---> Running in aaaaaaaaaaaa\n", output):
            list(messages.feed({"stream": text}))
        error = messages.failure("The command '/bin/sh -c x' returned a non-zero code: 1", 1)
        assert list(error.detail) == ["last output:", *(f"line {number}" for number in range(85, 100))]


class TestDockerfile:
    @pytest.mark.parametrize("source", ALL)
    def test_an_unknown_instruction(self, source: str) -> None:
        error = failure(source, "unknown-instruction")
        assert error.message.startswith("Dockerfile line 2: unknown instruction: RUNN")
        assert "did you mean RUN?" in error.message + error.hint
        assert "> 2 | RUNN make" in error.detail

    def test_podman_too(self) -> None:
        error = failure("podman-5.4", "unknown-instruction")
        assert error.message == "Dockerfile line 2: unknown instruction: RUNN"

    @pytest.mark.parametrize("source", ALL)
    def test_missing_arguments(self, source: str) -> None:
        error = failure(source, "no-arguments")
        assert error.message.startswith("Dockerfile line 2: COPY requires at least two arguments")
        assert error.hint.endswith("/dockerfile/#copy")

    @pytest.mark.parametrize("source", ["20.10-buildkit", "20.10-classic"])
    def test_a_frontend_without_here_documents(self, source: str) -> None:
        error = failure(source, "heredoc")
        assert "here-documents" in error.hint
        assert "# syntax=docker/dockerfile:1" in error.hint

    def test_a_frontend_that_is_too_old(self) -> None:
        assert "# syntax=docker/dockerfile:1" in failure("20.10-buildkit", "copy-link").hint

    @pytest.mark.parametrize("source", ALL)
    def test_an_empty_one(self, source: str) -> None:
        assert failure(source, "empty-dockerfile").message == "Dockerfile is empty"

    @pytest.mark.parametrize("source", ALL)
    def test_no_from(self, source: str) -> None:
        assert failure(source, "no-from").message == "Dockerfile has no FROM before RUN in line 1"

    @pytest.mark.parametrize("source", [*ALL, "podman-5.4"])
    def test_none_at_all(self, source: str) -> None:
        assert failure(source, "no-dockerfile").message.startswith("there is no Dockerfile")

    @pytest.mark.parametrize("source", [*ALL, "28.5-classic", "podman-5.4"])
    def test_no_such_stage(self, source: str) -> None:
        error = failure(source, "target-missing")
        assert (error.message, error.hint) == ('Dockerfile has no stage "b"', "its stages: a")

    @pytest.mark.parametrize("source", ALL)
    def test_an_empty_build_argument(self, source: str) -> None:
        error = failure(source, "empty-from")
        assert error.message == "FROM $T names no image: it is empty"
        assert error.line == 2
        error = failure(source, "bad-arg-name")
        assert error.message.startswith('"base:')
        assert "build argument" in error.hint
        assert error.line == 2

    @pytest.mark.parametrize("source", ALL)
    def test_a_name_in_upper_case(self, source: str) -> None:
        error = failure(source, "bad-name")
        assert error.message == '"Base:1" is not the name of an image'
        assert "lower case" in error.hint

    def test_a_file_of_another_name(self) -> None:
        said = "dockerfile parse error on line 1: unknown instruction: HELLO"
        error = explain(said, dockerfile="HELLO\n", name="deploy/web.Dockerfile")
        assert error.message.startswith("deploy/web.Dockerfile line 1:")
        assert error.detail[0] == "deploy/web.Dockerfile:"


class TestFiles:
    @pytest.mark.parametrize("source", [*ALL, "26.1-buildkit", "28.5-classic"])
    def test_a_file_that_is_not_in_the_context(self, source: str) -> None:
        error = failure(source, "copy-missing")
        assert error.message.endswith("failed: missing.txt is not in the build context")
        assert ".dockerignore" in error.hint
        assert error.line == 2

    @pytest.mark.parametrize("source", ALL)
    def test_a_file_that_is_not_in_another_stage(self, source: str) -> None:
        error = failure(source, "copy-from-missing")
        assert error.message.removesuffix('nope is not in "a"') != error.message
        assert "/overlay2/" not in error.message

    @pytest.mark.parametrize("source", ALL)
    def test_a_file_above_the_context(self, source: str) -> None:
        message = failure(source, "outside").message
        assert message.endswith(("is not in the build context", "lies outside the build context"))
        assert "buildkit-mount" not in message

    @pytest.mark.parametrize("source", ALL)
    def test_a_url(self, source: str) -> None:
        error = failure(source, "add-missing")
        assert "connection refused" in error.message
        assert "network" in error.hint
        assert error.line == 2

    @pytest.mark.parametrize("case", ["no-space", "big-copy"])
    def test_a_full_disk(self, case: str) -> None:
        error = failure("20.10-buildkit", case)
        assert error.message.endswith("no space is left on the engine's disk")
        assert "docker system df" in error.hint

    def test_a_full_disk_before_the_first_step(self) -> None:
        said = "Error processing tar file(exit status 1): write /big: no space left on device"
        assert (
            BuildMessages().failure(said).message == "the build failed: no space is left on the engine's disk"
        )


class TestBaseImages:
    @pytest.mark.parametrize("source", [*ALL, "26.1-buildkit", "28.5-classic", "podman-5.4"])
    def test_not_found(self, source: str) -> None:
        error = failure(source, "base-missing")
        assert error.message == "base image 10.77.0.1:5401/nothing:1 was not found"
        assert error.line == 1
        assert error.exit_status == 1

    @pytest.mark.parametrize("source", [*ALL, "26.1-buildkit", "28.5-classic"])
    def test_private(self, source: str) -> None:
        error = failure(source, "base-private")
        assert error.message.startswith("base image 10.77.0.1:5402/base:1: ")
        assert error.hint == "docker login 10.77.0.1:5402"

    @pytest.mark.parametrize(
        "said",
        [
            "pulling from host reg.example:5000 failed with status code [manifests 1]: 401 Unauthorized",
            "failed to resolve source metadata for reg.example:5000/team/quota:1: unexpected status from "
            "HEAD request to https://reg.example:5000/v2/team/quota/manifests/1: 401 Unauthorized",
            "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
        ],
    )
    def test_private_with_a_session(self, said: str) -> None:
        error = explain(said, step=loading("reg.example:5000/team/quota:1"))
        assert error.message.startswith("base image reg.example:5000/team/quota:1: ")
        assert error.hint == "docker login reg.example:5000"

    @pytest.mark.parametrize(
        ("said", "title"),
        [
            (
                "acme/secret:1: failed to resolve source metadata for docker.io/acme/secret:1: "
                "pull access denied, repository does not exist or may require authorization: "
                "server message: insufficient_scope: authorization failed",
                "[internal] load metadata for docker.io/acme/secret:1",
            ),
            (
                "pull access denied for acme/secret, repository does not exist or may require "
                "'docker login': denied: requested access to the resource is denied",
                "[1/2] FROM acme/secret",
            ),
        ],
    )
    def test_docker_hub_does_not_say_which(self, said: str, title: str) -> None:
        error = explain(said, step=step(title), dockerfile="FROM acme/secret\n")
        assert error.message.startswith("base image acme/secret")
        assert (
            error.hint == "docker login, and check the name: a registry says the same of what does not exist"
        )

    @pytest.mark.parametrize("source", ALL)
    @pytest.mark.parametrize("case", ["base-refused", "base-unreachable", "base-no-dns"])
    def test_out_of_reach(self, source: str, case: str) -> None:
        error = failure(source, case)
        assert isinstance(error, BaseUnreachable)
        assert error.exit_status == 3
        assert "the engine does not reach the registry" in error.message
        assert error.line == 1

    @pytest.mark.parametrize("source", ALL)
    def test_plain_http(self, source: str) -> None:
        error = failure(source, "base-plain-http")
        assert "speaks plain HTTP" in error.message
        wanted = '["http://192.0.2.2:5404"]' if source == "20.10-buildkit" else '["192.0.2.2:5404"]'
        assert wanted in error.hint  # BuildKit of 20.10 wants the scheme, and only it

    @pytest.mark.parametrize("source", ALL)
    def test_an_unknown_authority(self, source: str) -> None:
        error = failure(source, "base-unknown-ca")
        assert "does not trust the certificate" in error.message
        assert "/etc/docker/certs.d/192.0.2.2:5403/ca.crt" in error.hint

    @pytest.mark.parametrize("source", ALL)
    def test_a_name_that_was_meant_for_a_stage(self, source: str) -> None:
        assert failure(source, "circular").hint == 'the stage "b" must stand before the line that uses it'

    def test_a_copy_from_a_stage_that_is_not_there(self) -> None:
        said = "nowhere: failed to resolve source metadata for docker.io/library/nowhere:latest: not found"
        error = explain(
            said,
            step=loading("docker.io/library/nowhere:latest"),
            dockerfile="FROM a AS one\nFROM b\nCOPY --from=nowhere /x /\n",
        )
        assert error.hint == 'if a stage was meant: there is no "nowhere", only one, stage-1'
        assert error.line == 3

    def test_a_platform_that_it_does_not_have(self) -> None:
        said = (
            "node:14: failed to resolve source metadata for docker.io/library/node:14: "
            "no match for platform in manifest: not found"
        )
        error = explain(said, step=loading("docker.io/library/node:14"))
        assert error.message.startswith("base image node:14 does not exist for")
        assert "build.platform" in error.hint

    @pytest.mark.parametrize("source", BUILDKITS)
    def test_the_frontend(self, source: str) -> None:
        assert failure(source, "syntax-frontend").message.startswith('the image of the "# syntax=" line')


class TestMounts:
    @pytest.mark.parametrize("said", ["secret token not found: not found", "secret token: not found"])
    def test_a_secret_that_is_not_given(self, said: str) -> None:
        title = "[2/2] RUN --mount=type=secret,id=token,required=true make"
        error = explain(said, step=step(title))
        assert error.message.endswith('failed: the build is given no secret "token"')
        assert "build.secrets" in error.hint

    def test_ssh(self) -> None:
        said = "rpc error: code = Unknown desc = unset ssh forward key default"
        assert "SSH" in explain(said, step=step("[2/2] RUN --mount=type=ssh make")).message

    def test_options_that_the_classic_builder_lacks(self) -> None:
        said = "the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn"
        assert explain(said, step=step("[2/2] RUN --mount=type=ssh x")).message.endswith(
            "--mount needs BuildKit"
        )


class TestEverything:
    @pytest.mark.parametrize("source", BUILDKITS)
    def test_cancelled(self, source: str) -> None:
        assert failure(source, "cancelled").message == "the build was cancelled"

    def test_what_no_rule_knows_is_passed_on(self) -> None:
        said = (
            "failed to solve with frontend dockerfile.v0: failed to create LLB definition: the moon is full"
        )
        assert explain(said).message == "the build failed: the moon is full"

    def test_no_secret_gets_through(self) -> None:
        dockerfile = "FROM a\nRUN curl --token=abcdefgh1 x && PASSWORD=hunter22 make\n"
        error = explain(
            "executor failed running [/bin/sh -c PASSWORD=hunter22 make]: exit code: 1",
            step=step("[2/2] RUN curl --token=abcdefgh1 x && PASSWORD=hunter22 make"),
            output=("login with PASSWORD=hunter22",),
            dockerfile=dockerfile,
        )
        shown = "\n".join((error.message, error.hint, *error.detail))
        assert error.line == 2
        assert "hunter22" not in shown
        assert "abcdefgh1" not in shown

    def test_an_error_that_is_no_error_message(self) -> None:
        with pytest.raises(MalformedAnswer):
            list(BuildMessages().feed({"error": "x", "errorDetail": "x"}))
        with pytest.raises(MalformedAnswer):
            list(BuildMessages().feed({"id": "moby.image.id", "aux": {}}))

    @given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=200), st.integers(0, 255))
    def test_any_words(self, said: str, title: str, dockerfile: str, code: int) -> None:
        error = explain(said, code=code, step=step(title), dockerfile=dockerfile)
        assert error.message
        assert "\n" not in error.message
