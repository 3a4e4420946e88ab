"""What pruning volumes and networks takes, and what it leaves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.labels import APP, VOLUME
from tui.model.network import PREDEFINED, Network
from tui.model.uses import Uses, users
from tui.model.volume import Volume
from tui.operations.by_hand.resources import prunable_networks, prunable_volumes

names = st.one_of(
    st.sampled_from(["data", "cache"]), st.text("0123456789abcdef", min_size=64, max_size=64), st.text()
)
volumes = st.lists(
    st.builds(Volume, names, st.sampled_from([{}, {APP: "web", VOLUME: "/data"}, {"other": "label"}])),
    unique_by=lambda one: one.name,
)
networks = st.lists(
    st.builds(
        Network,
        st.text("0123456789abcdef", min_size=64, max_size=64),
        st.one_of(st.sampled_from([*PREDEFINED, "shop"]), st.text()),
        st.just("bridge"),
        scope=st.sampled_from(["local", "swarm"]),
    ),
    unique_by=lambda one: one.id,
)


@given(volumes, st.data())
def test_pruned_volumes_have_no_name_no_user_and_no_app(every: list[Volume], data: st.DataObject) -> None:
    held = data.draw(st.lists(st.sampled_from([one.name for one in every]))) if every else []
    uses = [Uses(f"c{number}", number % 2 == 0, (name,)) for number, name in enumerate(held)]
    pruned = prunable_volumes(every, uses)
    for one in every:
        taken = one.anonymous and one.name not in held and APP not in one.labels
        assert (one in pruned) is taken


@given(networks, st.data())
def test_pruned_networks_are_somebodys_own_and_nobody_is_in_them(
    every: list[Network], data: st.DataObject
) -> None:
    held = data.draw(st.lists(st.sampled_from(every))) if every else []
    # A container that was never started names its networks; another one knows their IDs.
    uses = [
        Uses(f"c{number}", False, networks=(one.id if number % 2 else one.name,))
        for number, one in enumerate(held)
    ]
    pruned = prunable_networks(every, uses)
    for one in pruned:
        assert one not in held and one.name not in PREDEFINED and one.scope == "local"
    for one in every:
        if one not in pruned and one.name not in PREDEFINED and one.scope == "local":
            assert users(uses, one.id, one.name)


def test_users_come_with_those_that_run_first() -> None:
    uses = [Uses("b", False, ("data",)), Uses("c", True, ("data",)), Uses("a", True, ("other",))]
    assert [one.container for one in users(uses, "data")] == ["c", "b"]
