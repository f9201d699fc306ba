"""Who may connect: names that lead here, pages that may, tokens that open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import load
from app.errors import CallerError, SetupError
from app.net.access import Access, check_bind, is_loopback, token_of
from app.settings import Server

DEFAULT = load(None, {}, ()).server


def access(**settings):
    return Access(DEFAULT.model_copy(update=settings))


def code(check, *args):
    """The code of the error, or None."""
    try:
        check(*args)
    except CallerError as error:
        return error.code
    return None


# ---- binding


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.5", False), ("parlor.lan", False), ("127.0.0.1.evil.com", False), ("", False)],
)  # fmt: skip
def test_loopback(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_needs_no_token(host):
    assert check_bind(DEFAULT.model_copy(update={"host": host})) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", ""])
def test_any_other_bind_needs_a_token_or_a_loud_warning(host):
    server = DEFAULT.model_copy(update={"host": host})
    with pytest.raises(SetupError, match=r"no server\.token is set"):
        check_bind(server)
    assert check_bind(server.model_copy(update={"token": "t"})) is None
    assert check_bind(server.model_copy(update={"token": "t", "open_to_all": True})) is None
    assert "ANYONE" in check_bind(server.model_copy(update={"open_to_all": True}))


# ---- Host


LOOPBACK_NAMES = ["localhost", "localhost:8080", "LOCALHOST", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8080"]
FOREIGN_NAMES = [
    "", "evil.com", "evil.com:8080", "127.0.0.1.evil.com", "localhost.evil.com", "127.0.0.1.nip.io", "localhost.",
    "7f000001.rbndr.us", "127.0.0.1@evil.com", ":8080", "[::1", "[evil.com]", "a]b", "\udcff", "ﬀ／.com", "2130706433",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK_NAMES)
def test_loopback_names_lead_here(host):
    assert code(access().check_host, host) is None
    assert code(access(host="0.0.0.0").check_host, host) is None


@pytest.mark.parametrize("host", FOREIGN_NAMES)
def test_foreign_names_do_not(host):
    assert code(access().check_host, host) == "bad_host"
    assert code(access(host="0.0.0.0").check_host, host) == "bad_host"


@pytest.mark.parametrize("host", ["192.168.1.5:8080", "10.0.0.1", "[fe80::1]:8080", "127.0.0.2"])
def test_addresses_lead_here_only_where_others_may_come(host):
    assert code(access().check_host, host) == "bad_host"
    assert code(access(host="0.0.0.0").check_host, host) is None


def test_names_the_operator_allows():
    rules = access(host="Parlor.lan", allowed_hosts=("Voice.example",))
    for host in ("parlor.lan:8080", "PARLOR.LAN", "voice.example", "VOICE.EXAMPLE:443"):
        assert code(rules.check_host, host) is None
    assert code(rules.check_host, "x.voice.example") == "bad_host"


# ---- Origin


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("http://localhost:8080", True),
        ("https://localhost:8080", True),
        ("https://voice.example", True),
        ("http://voice.example", False),
        ("http://localhost", False),
        ("http://localhost:8081", False),
        ("http://127.0.0.1:8080", False),
        ("http://evil.com", False),
        ("http://localhost:8080.evil.com", False),
        ("http://evil.com/localhost:8080", False),
        ("http://localhost:8080@evil.com", False),
        ("null", False),
        ("", False),
        ("localhost:8080", False),
        ("http://[", False),
        ("file://", False),
        ("chrome-extension://abc", False),
    ],
)
def test_origin(origin, allowed):
    check = access(allowed_origins=("https://voice.example",)).check_origin
    assert code(check, origin, "localhost:8080") == (None if allowed else "bad_origin")


@given(st.text(), st.text(min_size=1))
def test_any_header_is_allowed_or_refused_by_name(one, other):
    assert code(access().check_host, one) in {None, "bad_host"}
    assert code(access().check_origin, one, other) in {None, "bad_origin"}


# ---- tokens


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({"Authorization": "Bearer abc"}, "abc"),
        ({"Authorization": "bearer  abc "}, "abc"),
        ({"Authorization": "Basic abc"}, ""),
        ({"Authorization": "Bearer"}, ""),
        ({"Authorization": "Bearer "}, ""),
        ({"Sec-WebSocket-Protocol": "parlor.v1, token.abc"}, "abc"),
        ({"Sec-WebSocket-Protocol": "token.abc,parlor.v1"}, "abc"),
        ({"Sec-WebSocket-Protocol": "parlor.v1"}, ""),
        ({"Sec-WebSocket-Protocol": "token."}, ""),
        ({"Authorization": "Bearer a", "Sec-WebSocket-Protocol": "token.b"}, "a"),
    ],
)
def test_where_the_token_stands(headers, token):
    assert token_of(headers) == token


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("headers", [{}, bearer(""), bearer("wrong"), bearer("s3cre"), bearer("\udcff"), bearer("ğ")])
def test_a_wrong_token_opens_nothing(headers):
    rules = access(token="s3cret")
    assert code(rules.check_admin, headers) == "unauthorized"
    assert code(rules.check_guest, headers) == "unauthorized"


@pytest.mark.parametrize("headers", [bearer("s3cret"), {"Sec-WebSocket-Protocol": "parlor.v1, token.s3cret"}])
def test_the_token_opens_everything(headers):
    rules = access(token="s3cret")
    assert code(rules.check_admin, headers) is None
    assert code(rules.check_guest, headers) is None


@pytest.mark.parametrize("headers", [{}, bearer(""), bearer("anything")])
def test_without_a_token_anyone_is_a_guest_and_nobody_is_admin(headers):
    assert DEFAULT.token == ""
    assert code(access().check_guest, headers) is None
    assert code(access().check_admin, headers) == "unauthorized"


def test_no_error_repeats_what_was_sent():
    for check in (access().check_host, lambda value: access().check_origin(value, "localhost")):
        with pytest.raises(CallerError) as caught:
            check("http://sekerpare")
        assert "sekerpare" not in caught.value.message + caught.value.fix


def test_the_rules_are_those_of_the_configuration():
    assert isinstance(access().server, Server)
