"""Commands are about the app of the row that they are given on."""

from __future__ import annotations

from tests.ui import fakes
from tui.commands.apps import NONE, no_app
from tui.commands.command import Scope, Situation
from tui.commands.meant import app_of_container, app_of_references, meant
from tui.model.container import Container
from tui.model.labels import APP, LEASE, RELEASE

APPS = {name: fakes.app(name) for name in ("hello", "web")}


def container(name: str, image: str = "busybox:1", **labels: str) -> Container:
    known = {"app": APP, "release": RELEASE, "lease": LEASE}
    marks = {known[key]: value for key, value in labels.items()}
    return Container("c" * 64, name, image, "sha256:a", "", 0.0, "running", labels=marks)


def owner(one: Container, live: dict[str, str] | None = None) -> str:
    return app_of_container(one, APPS, live or {})


def test_a_container_belongs_to_an_app_by_what_is_known_of_it() -> None:
    assert owner(container("web")) == "web"
    assert owner(container("web.r3", app="web", release="3")) == "web"
    assert owner(container("web.lease", lease="x")) == "web"
    assert owner(container("shop_web_1", "registry.example.com/shop/web:1.2.0")) == "web"
    assert owner(container("any"), {"c" * 64: "hello"}) == "hello"
    assert owner(container("old_web", app="old_web", release="1")) == "old_web"


def test_copied_labels_make_no_container_an_apps() -> None:
    assert owner(container("copy", app="web", release="3")) == ""
    assert owner(container("postgres")) == ""


def test_what_a_row_belongs_to_is_meant_never_the_app_beside_it() -> None:
    assert meant(["web"], APPS, "hello") == ((APPS["web"],), "")
    assert meant(["web", "hello", "web", ""], APPS, "hello") == ((APPS["web"], APPS["hello"]), "")
    assert meant(["old_web"], APPS, "hello") == ((), "old_web")
    assert meant([""], APPS, "hello") == ((APPS["hello"],), "")
    assert meant([""], {}, "") == ((), "")


def test_an_app_that_is_not_configured_is_named_in_the_reason() -> None:
    said = no_app(Situation(Scope.CONTAINERS, unknown="old_web"))
    assert said == "old_web is no app of this configuration"
    assert no_app(Situation(Scope.CONTAINERS)) == NONE


def test_a_tag_and_an_image_belong_to_the_app_of_their_repository() -> None:
    assert app_of_references(["registry.example.com/shop/web:1"], APPS, "hello") == "web"
    assert app_of_references(["postgres:16"], APPS, "hello") == ""
    twins = {**APPS, "twin": fakes.app("web")._replace(name="twin")}
    assert app_of_references(["registry.example.com/shop/web:1"], twins, "twin") == "twin"
