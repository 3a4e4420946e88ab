"""What is known of images is kept, and never made up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tui.evidence.files import add_claim, add_facts, all_evidence, name_version, read_evidence
from tui.model.evidence import MOST_CLAIMS, Claim, ClaimKind, Evidence

RECORDED = Path(__file__).parents[1] / "recorded/evidence"
PASSED = Claim(ClaimKind.TEST, True, 7.0, by="alice", op="op")


@pytest.fixture
def environ(tmp_path):
    return {"XDG_STATE_HOME": str(tmp_path)}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "holdfast/evidence/web/ab.json"


def test_facts_about_an_image_add_up(environ):
    add_facts("web", "sha256:ab", environ, built=5.0, commit="c", bases={"node": "sha256:1"})
    add_claim("web", "sha256:ab", PASSED, environ)

    found = read_evidence("web", "sha256:ab", environ)

    assert found == Evidence("sha256:ab", built=5.0, commit="c", bases={"node": "sha256:1"}, claims=(PASSED,))
    assert found.tested == 7.0


def test_of_another_image_or_app_nothing_is_known(environ):
    add_claim("web", "sha256:ab", PASSED, environ)

    assert read_evidence("web", "sha256:cd", environ) == Evidence("sha256:cd")
    assert read_evidence("api", "sha256:ab", environ) == Evidence("sha256:ab")


def test_a_damaged_file_claims_nothing(environ, path):
    add_claim("web", "sha256:ab", PASSED, environ)
    path.write_text('{"image": "sha256:ab", "test')

    assert not read_evidence("web", "sha256:ab", environ).tested
    assert all_evidence("web", environ) == []


def test_builds_come_newest_first(environ):
    for image, built in (("sha256:a", 1.0), ("sha256:c", 3.0), ("sha256:b", 2.0)):
        add_facts("web", image, environ, built=built)

    assert [one.image for one in all_evidence("web", environ)] == ["sha256:c", "sha256:b", "sha256:a"]


def test_versions_are_kept_beside_what_is_known_already(environ):
    add_claim("web", "sha256:ab", PASSED, environ)
    name_version("web", "sha256:ab", "v1", "", 1.0, environ)
    name_version("web", "sha256:ab", "v1", "sha256:m", 2.0, environ)
    name_version("web", "sha256:ab", "v2", "", 3.0, environ)

    found = read_evidence("web", "sha256:ab", environ)
    assert (found.tested, found.named) == (7.0, {"v1": 2.0, "v2": 3.0})
    assert found.digests == {"v1": "sha256:m"}


@pytest.mark.parametrize(
    "field",
    [
        '"named": 5', '"named": {"v1": "x"}', '"digests": [1]', '"built": "soon"', '"tested": "yes"',
        '"test_op": 1', '"claims": [{"kind": "test"}]', '"claims": {"a": 1}',
    ],
)  # fmt: skip
def test_values_of_another_kind_are_no_evidence(environ, path, field):
    add_claim("web", "sha256:ab", PASSED, environ)
    path.write_text(path.read_text()[:-1] + f", {field}}}")

    assert all_evidence("web", environ) == []
    add_facts("web", "sha256:ab", environ, commit="c")
    assert read_evidence("web", "sha256:ab", environ) == Evidence("sha256:ab", commit="c")


def test_what_a_first_version_wrote_is_read_and_what_is_added_it_reads(environ, tmp_path):
    shutil.copytree(RECORDED, tmp_path / "holdfast/evidence")
    before = all_evidence("hello", environ)
    files = {one.image: tmp_path / f"holdfast/evidence/hello/{one.image[7:]}.json" for one in before}
    written = {image: json.loads(path.read_text()) for image, path in files.items()}
    assert [one.claims for one in before] == [
        (Claim(ClaimKind.TEST, True, table["tested"], op=table["test_op"]),)
        for table in (written[one.image] for one in before)
    ]

    for one in before:
        name_version("hello", one.image, "v9", "", 1.0, environ)
        now = json.loads(files[one.image].read_text())
        assert now["named"].pop("v9") == 1.0
        assert {name: now[name] for name in written[one.image]} == written[one.image]
    assert [one.claims for one in all_evidence("hello", environ)] == [one.claims for one in before]

    add_claim("hello", before[0].image, Claim(ClaimKind.TEST, True, 2e9, op="later"), environ)
    now = json.loads(files[before[0].image].read_text())
    assert (now["tested"], now["test_op"]) == (2e9, "later")


def test_what_only_a_newer_version_understands_stays_in_the_file(environ, path):
    add_claim("web", "sha256:ab", Claim("scan", False, 1.0, detail="2 critical"), environ)
    table = json.loads(path.read_text())
    table["attested"] = {"by": "somebody"}
    table["claims"][0]["findings"] = ["CVE-1"]
    path.write_text(json.dumps(table))

    add_claim("web", "sha256:ab", PASSED, environ)
    add_facts("web", "sha256:ab", environ, commit="c")

    now = json.loads(path.read_text())
    assert now["attested"] == {"by": "somebody"}
    assert now["claims"][0]["findings"] == ["CVE-1"]
    assert [claim.kind for claim in read_evidence("web", "sha256:ab", environ).claims] == ["scan", "test"]


def test_of_each_kind_only_the_newest_claims_are_kept(environ):
    add_claim("web", "sha256:ab", Claim("scan", True, 0.5), environ)
    for at in range(1, 30):
        add_claim("web", "sha256:ab", PASSED._replace(at=float(at)), environ)
    found = read_evidence("web", "sha256:ab", environ)
    assert [claim.at for claim in found.claims] == [0.5, *map(float, range(30 - MOST_CLAIMS, 30))]


def test_where_a_version_was_given_is_kept_for_each_engine(environ):
    name_version("web", "sha256:ab", "v1", "", 1.0, environ, engine="A")
    name_version("web", "sha256:ab", "v1", "", 2.0, environ, engine="B")
    found = read_evidence("web", "sha256:ab", environ)
    assert [found.given("v1", engine) for engine in ("A", "B", "C")] == [1.0, 2.0, 0.0]
