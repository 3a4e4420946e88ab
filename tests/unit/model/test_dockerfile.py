"""Dockerfiles taken apart: what stands where, what they begin from, and what about it can move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.dockerfile import Base, full_name, is_pinned, parse, pin_warnings
from tui.model.expansion import expand

DIGEST = "sha256:" + "5" * 64

PIECES = st.sampled_from(
    [
        "FROM", "from node:14 AS a", "FROM --platform=$P ${X:-a}", "RUN", "RUN make", "RUN cat <<EOF", "EOF",
        "COPY <<-'X Y' /a", "\tX Y", "\\", "a \\", "# a", "  # syntax=x", "# escape=`", "`",
        "ARG A=1 B=\"2 3\"", "ENV A B", "ENV A=\"x", "EXPOSE 80/tcp 9-", "EXPOSE 1-70000", "", " ", "\ufeff",
        "\r", "$", "${", "${A:-${B", "<<", "ONBUILD RUN x", "HEALTHCHECK --interval=5s CMD x", "\x00", "ä",
        "\u2028", "\x0b",
    ]
)  # fmt: skip
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=15).map("\n".join) | st.lists(PIECES).map(" ".join)


class TestInstructions:
    def test_continuation_lines_comments_and_blank_lines(self) -> None:
        file = parse("# first\nFROM node:14\n\nRUN a && \\\n  # inside\n\n    b\\\n\\\n c\nCMD x\n")
        assert [(one.text, one.line, one.end) for one in file.instructions] == [
            ("FROM node:14", 2, 2),
            ("RUN a &&     b c", 4, 9),
            ("CMD x", 10, 10),
        ]

    def test_here_documents_hold_no_instructions(self) -> None:
        text = (
            'FROM a\nRUN <<EOF cat <<-"B" >/x\nRUN one\nEOF\nRUN two\n\tB\nCOPY <<c /c\nFROM b\nc\nUSER d\n'
        )
        assert [(one.keyword, one.line, one.end) for one in parse(text).instructions] == [
            ("FROM", 1, 1),
            ("RUN", 2, 6),
            ("COPY", 7, 9),
            ("USER", 10, 10),
        ]

    @pytest.mark.parametrize("command", ["echo '<<EOF'", 'cat <<<"EOF"', "test $((1<<2))"])
    def test_what_only_looks_like_a_here_document(self, command: str) -> None:
        assert len(parse(f"FROM a\nRUN {command}\nUSER b\n").instructions) == 3

    def test_another_escape_character(self) -> None:
        file = parse("# escape=`\nFROM a\nRUN dir C:\\\nRUN x `\n  y\n")
        assert file.escape == "`"
        assert [one.text for one in file.instructions] == ["FROM a", "RUN dir C:\\", "RUN x   y"]

    def test_directives_stand_at_the_top_only(self) -> None:
        file = parse("# syntax = docker/dockerfile:1\nFROM a\n# escape=`\nRUN x \\\n y\n")
        assert (file.syntax, file.escape) == ("docker/dockerfile:1", "\\")
        assert parse("# a comment\n# syntax=x\nFROM a\n").syntax == ""

    def test_a_doubled_escape_continues_nothing(self) -> None:
        assert len(parse("RUN a\\\\\nRUN b\n").instructions) == 2

    def test_windows_line_ends_and_byte_order_mark(self) -> None:
        file = parse("\ufeffFROM node:14\r\nRUN a \\\r\n b\r\n")
        assert [(one.text, one.line) for one in file.instructions] == [("FROM node:14", 1), ("RUN a  b", 2)]

    def test_flags(self) -> None:
        (copy,) = parse("COPY --from=build --link a b\n").instructions
        assert copy.flags == (("from", "build"), ("link", ""))
        assert copy.arguments == "a b"

    def test_stages(self) -> None:
        file = parse("ARG A\nFROM a AS Build\nRUN x\nFROM b\nRUN y\n")
        assert [one.stage for one in file.instructions] == ["", "build", "build", "stage-1", "stage-1"]

    @given(TEXTS)
    def test_any_text(self, text: str) -> None:
        file = parse(text)
        lines = text.removeprefix("\ufeff").split("\n")
        after = 0
        for one in file.instructions:
            assert after < one.line <= one.end <= len(lines)
            first = lines[one.line - 1].strip().split(None, 1)[0].rstrip("\\`").upper()
            assert one.keyword.startswith(first)
            after = one.end
        for base in file.bases({"A": "1"}):
            assert base.line in {stage.line for stage in file.stages}
        assert all(0 <= port <= 65535 for port, _ in file.exposed_ports)
        pin_warnings(file.bases(), {})


class TestBases:
    def test_stages_and_scratch_are_none(self) -> None:
        text = "FROM node:14-alpine AS Build\nFROM scratch\nFROM build\n"
        text += "FROM --platform=linux/arm64 nginx AS web\n"
        assert parse(text).bases() == [
            Base("node:14-alpine", "build", "", 1),
            Base("nginx", "web", "linux/arm64", 4),
        ]

    def test_a_name_that_is_a_stage_only_later(self) -> None:
        assert [base.name for base in parse("FROM b AS a\nFROM a AS b\n").bases()] == ["b"]

    def test_build_arguments(self) -> None:
        text = (
            'ARG TAG=14\nARG NAME="node" SUFFIX\nARG FULL=${NAME}:${TAG}\n'
            "FROM $FULL-alpine\nFROM ${NAME}:${TAG}${SUFFIX:+-$SUFFIX}\nFROM ${OTHER:-busybox}\n"
        )
        names = [base.name for base in parse(text).bases()]
        assert names == ["node:14-alpine", "node:14", "busybox"]
        given_ = {"TAG": "16", "SUFFIX": "slim", "OTHER": "undeclared"}
        names = [base.name for base in parse(text).bases(given_)]
        assert names == ["node:16-alpine", "node:16-slim", "busybox"]

    def test_arguments_of_a_stage_do_not_count(self) -> None:
        assert [base.name for base in parse("FROM a\nARG T=1\nFROM b:${T:-2}\n").bases()] == ["a", "b:2"]

    def test_an_empty_name(self) -> None:
        assert parse("ARG T\nFROM $T\nFROM\n").bases() == []


class TestPorts:
    def test_of_the_last_stage(self) -> None:
        text = "FROM a\nEXPOSE 1\nFROM b\nENV PORT=8080\nEXPOSE $PORT 53/udp\nEXPOSE 90-91/TCP 8080 x\n"
        assert parse(text).exposed_ports == ((8080, "tcp"), (53, "udp"), (90, "tcp"), (91, "tcp"))

    def test_none(self) -> None:
        assert parse("EXPOSE 80\n").exposed_ports == ()


class TestTitles:
    TEXT = (
        "ARG TAG=14\n"  # 1
        "FROM node:${TAG} AS build\n"  # 2
        "ENV DIR=/src\n"  # 3
        "WORKDIR $DIR\n"  # 4
        "RUN npm ci && \\\n"  # 5
        "    npm test\n"  # 6
        "RUN echo same\n"  # 7
        "FROM nginx\n"  # 8
        "RUN echo same\n"  # 9
        "COPY --from=build $DIR /x\n"  # 10
        "RUN <<END\n"  # 11
        "echo\n"  # 12
        "END\n"  # 13
    )

    @pytest.mark.parametrize(
        ("title", "line"),
        [
            ("[build 1/4] FROM docker.io/library/node:14@" + DIGEST, 2),
            ("[internal] load metadata for docker.io/library/nginx:latest", 8),
            ("[build 2/4] WORKDIR /src", 4),
            ("[build 3/4] RUN npm ci &&     npm test", 5),
            ("[build 4/4] RUN echo same", 7),
            ("[stage-1 2/4] RUN echo same", 9),
            ("[linux/arm64 stage-1 2/4] RUN echo same", 9),
            ("[stage-1 3/4] COPY --from=build /src /x", 10),
            ("[stage-1 4/4] RUN <<END (echo)", 11),
            ("[6/10] RUN echo same", 7),  # the classic builder counts all instructions
            ("[7/10] FROM nginx", 8),
            ("[8/10] RUN echo same", 9),
            ("[build 3/4] USER nobody", 0),
            ("[internal] load build context", 0),
            ("exporting to image", 0),
            ("", 0),
        ],
    )
    def test_the_line_of_a_step(self, title: str, line: int) -> None:
        found = parse(self.TEXT).instruction_at(title)
        assert (found.line if found else 0) == line

    def test_a_scratch_stage_counts_from_its_first_file(self) -> None:
        found = parse("FROM scratch\nCOPY $A /\nCOPY $B /\n").instruction_at("[2/2] COPY b /")
        assert found is not None
        assert found.line == 3

    @given(TEXTS, st.text(max_size=60) | PIECES.map("[2/3] ".__add__))
    def test_any_title(self, text: str, title: str) -> None:
        file = parse(text)
        found = file.instruction_at(title)
        assert found is None or found in file.instructions


class TestPinning:
    @pytest.mark.parametrize(
        ("image", "full"),
        [
            ("node", "docker.io/library/node:latest"),
            ("team/web:1", "docker.io/team/web:1"),
            ("localhost/web", "localhost/web:latest"),
            ("registry:5000/web:1", "registry:5000/web:1"),
            (f"node@{DIGEST}", f"docker.io/library/node@{DIGEST}"),
            (f"node:14@{DIGEST}", f"docker.io/library/node:14@{DIGEST}"),
        ],
    )
    def test_full_names(self, image: str, full: str) -> None:
        assert full_name(image) == full
        assert full_name(full) == full

    def test_only_a_digest_pins(self) -> None:
        assert is_pinned(f"node:14@{DIGEST}")
        assert not is_pinned("node:14.21.3-alpine3.17")

    def test_a_tag_that_can_move(self) -> None:
        bases = parse("# a\nFROM node:14-alpine\nFROM nginx AS web\n").bases()
        resolved = {"docker.io/library/node:14-alpine": DIGEST, "docker.io/library/nginx:latest": DIGEST}
        assert pin_warnings(bases, resolved) == [
            (2, f"Dockerfile line 2: node:14-alpine can move; pin it: node:14-alpine@{DIGEST}"),
            (3, f"Dockerfile line 3: nginx can move; pin it: nginx@{DIGEST}"),
        ]

    def test_an_image_of_this_engine_only(self) -> None:
        ((line, sentence),) = pin_warnings(parse("FROM base:1\n").bases(), {}, "web.Dockerfile")
        assert line == 1
        assert sentence.startswith("web.Dockerfile line 1: base:1 can move, and no registry gave its digest")

    def test_pinned_repeated_and_unknown_ones(self) -> None:
        text = f"FROM a@{DIGEST}\nFROM b\nFROM b\nFROM $C:1\nFROM ${{D#x}}\n"
        assert [line for line, _ in pin_warnings(parse(text).bases(), {})] == [2, 4]


class TestExpansion:
    @pytest.mark.parametrize(
        ("text", "expanded"),
        [
            ("$A", "1"),
            ("${A}b", "1b"),
            ("$Ab", ""),
            ("${X:-2}", "2"),
            ("${E:-2}", "2"),
            ("${E-2}", ""),
            ("${A:+3}", "3"),
            ("${E:+3}", ""),
            ("${E+3}", "3"),
            ("${X:-${A}}", "1"),
            ("${X:-${Y:-z}}", "z"),
            ("${X:?needed}", ""),
            (r"\$A", "$A"),
            ("$", "$"),
            ("a$/b", "a$/b"),
            ("${A", "${A"),
            ("${A%x}", "${A%x}"),
        ],
    )
    def test_forms(self, text: str, expanded: str) -> None:
        assert expand(text, {"A": "1", "E": ""}) == expanded

    @given(st.text(alphabet="${}:-+?A \\", max_size=60))
    def test_any_text(self, text: str) -> None:
        expand(text, {"A": "$A"})

    @given(st.text(alphabet="abc:/.-", max_size=60))
    def test_a_text_without_variables_stays(self, text: str) -> None:
        assert expand(text, {"a": "1"}) == text
