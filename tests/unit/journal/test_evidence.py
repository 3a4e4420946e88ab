"""What is known of images is kept, and never made up."""

from __future__ import annotations

import pytest

from tui.journal.evidence import Evidence, add_evidence, all_evidence, name_version, read_evidence


@pytest.fixture
def environ(tmp_path):
    return {"XDG_STATE_HOME": str(tmp_path)}


def test_facts_about_an_image_add_up(environ):
    add_evidence("web", "sha256:ab", environ, built=5.0, commit="c", bases={"node": "sha256:1"})
    add_evidence("web", "sha256:ab", environ, tested=7.0, test_op="op")

    found = read_evidence("web", "sha256:ab", environ)

    assert found == Evidence("sha256:ab", 5.0, 0.0, "c", False, {"node": "sha256:1"}, 7.0, "op")


def test_of_another_image_or_app_nothing_is_known(environ):
    add_evidence("web", "sha256:ab", environ, tested=7.0)

    assert read_evidence("web", "sha256:cd", environ) == Evidence("sha256:cd")
    assert read_evidence("api", "sha256:ab", environ) == Evidence("sha256:ab")


def test_a_damaged_file_claims_nothing(environ, tmp_path):
    add_evidence("web", "sha256:ab", environ, tested=7.0)
    (tmp_path / "holdfast/evidence/web/ab.json").write_text('{"image": "sha256:ab", "test')

    assert not read_evidence("web", "sha256:ab", environ).tested
    assert all_evidence("web", environ) == []


def test_builds_come_newest_first(environ):
    for image, built in (("sha256:a", 1.0), ("sha256:c", 3.0), ("sha256:b", 2.0)):
        add_evidence("web", image, environ, built=built)

    assert [one.image for one in all_evidence("web", environ)] == ["sha256:c", "sha256:b", "sha256:a"]


def test_versions_are_kept_beside_what_is_known_already(environ):
    add_evidence("web", "sha256:ab", environ, tested=5.0)
    name_version("web", "sha256:ab", "v1", "", 1.0, environ)
    name_version("web", "sha256:ab", "v1", "sha256:m", 2.0, environ)
    name_version("web", "sha256:ab", "v2", "", 3.0, environ)

    found = read_evidence("web", "sha256:ab", environ)
    assert (found.tested, found.named) == (5.0, {"v1": 2.0, "v2": 3.0})
    assert found.digests == {"v1": "sha256:m"}


@pytest.mark.parametrize("field", ['"named": 5', '"named": {"v1": "x"}', '"digests": [1]', '"built": "soon"'])
def test_values_of_another_kind_are_no_evidence(environ, tmp_path, field):
    add_evidence("web", "sha256:ab", environ, tested=5.0)
    path = tmp_path / "holdfast/evidence/web/ab.json"
    path.write_text(path.read_text()[:-1] + f", {field}}}")

    assert all_evidence("web", environ) == []
