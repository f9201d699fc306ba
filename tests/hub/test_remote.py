"""A hub, a web server, a proxy, and what each may answer."""

import socket

import pytest
from huggingface_hub import close_session

from app.errors import SetupError
from app.hub.fetch import InterruptedDownloadError
from app.hub.manifest import parse
from app.hub.remote import Remote
from tests.support.hub import COMMIT, entry

FILES = {"deep/model.bin": b"weights" * 1000, "config.json": b"{}"}
MODEL = parse(entry("m", "stt", FILES), "m").models[0]
LARGE, SMALL = MODEL.files


@pytest.fixture
def remote(hub):
    hub.repositories["owner/m"] = dict(FILES)
    return Remote(hub.url)


def content(remote, offer, start=0):
    with remote.read(offer, start) as (at, pieces):
        return at, b"".join(pieces)


def refusal(remote, model=MODEL, file=LARGE):
    with pytest.raises(SetupError) as error:
        remote.look(model, file)
    return error.value


def test_a_large_file_brings_its_sha256_a_small_one_its_git_id(remote):
    offer = remote.look(MODEL, LARGE)
    assert (offer.size, offer.digest, offer.revision) == (LARGE.size, LARGE.sha256, COMMIT)
    assert content(remote, offer) == (0, FILES["deep/model.bin"])
    assert content(remote, offer, 5) == (5, FILES["deep/model.bin"][5:])
    small = remote.look(MODEL, SMALL)
    assert len(small.digest) == 40
    assert content(remote, small) == (0, b"{}")


def test_all_files_come_from_the_commit_of_the_first(remote, hub):
    remote.look(MODEL, LARGE)
    remote.look(MODEL, SMALL)
    asked = [request.path for request in hub.requests]
    assert asked == ["/owner/m/resolve/main/deep/model.bin", f"/owner/m/resolve/{COMMIT}/config.json"]


def test_a_server_without_ranges_begins_again(remote, hub):
    offer = remote.look(MODEL, LARGE)
    hub.ranges = False
    assert content(remote, offer, 5) == (0, FILES["deep/model.bin"])


def test_past_the_end_there_is_nothing(remote):
    assert content(remote, remote.look(MODEL, LARGE), LARGE.size) == (LARGE.size, b"")


def test_no_repository_revision_or_file(remote, hub):
    assert "no such repository" in refusal(remote, parse(entry("x", "stt", FILES), "m").models[0]).message
    assert (
        "no such file" in refusal(remote, file=parse(entry("m", "stt", {"x.bin": b""}), "m").models[0].files[0]).message
    )
    other = parse(entry("m", "stt", FILES, revision="v9"), "m").models[0]
    assert "no such revision" in refusal(remote, other).message


def test_a_gated_model_wants_a_token_and_gets_it(remote, hub, monkeypatch):
    hub.gated.add("owner/m")
    assert "accepted the publisher's terms" in refusal(remote).message
    monkeypatch.setenv("HF_TOKEN", "not-this-one")
    assert "HF_TOKEN=" in refusal(remote).fix
    monkeypatch.setenv("HF_TOKEN", "let-me-in")
    content(remote, remote.look(MODEL, LARGE))
    assert {request.token for request in hub.gets()} == {""}  # the other host gets no token
    assert all("resolve" in request.path for request in hub.requests if request.token)


def test_a_filter_on_the_way_is_not_taken_for_terms(remote, hub):
    offer = remote.look(MODEL, LARGE)
    hub.statuses = [403]
    with pytest.raises(SetupError, match="it is forbidden") as error:
        content(remote, offer)
    assert "--from" in error.value.fix


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SSL_CERT_FILE", "/nonexistent/ca.pem", "certificates of this machine"),
        ("HTTP_PROXY", "http://proxy.invalid:80x", "proxy that the environment names"),
    ],
)
def test_wrong_settings_of_the_network_are_told(remote, monkeypatch, name, value, told):
    close_session()  # which has read the environment
    monkeypatch.setenv(name, value)
    error = refusal(remote)
    close_session()
    assert told in error.message
    assert name.removeprefix("HTTP_") in error.fix


def test_a_web_server_gets_no_token_and_its_etag_is_no_hash(remote, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "secret")
    hub.plain["/files/a b.bin"] = b"plain"
    model = parse(entry("p", "llm", {"a b.bin": b"plain"}, url=f"{hub.url}/files"), "m").models[0]
    elsewhere = Remote("https://hub.invalid")
    offer = elsewhere.look(model, model.files[0])
    assert (offer.size, offer.digest, offer.origin) == (5, "", f"{hub.url}/files")
    assert content(elsewhere, offer, 2) == (2, b"ain")
    assert {request.token for request in hub.requests} == {""}
    missing = parse(entry("p", "llm", {"b.bin": b""}, url=f"{hub.url}/files"), "m").models[0]
    assert f"{hub.url} has no such file" in refusal(elsewhere, missing, missing.files[0]).message


def test_without_a_network_the_hub_and_the_ways_out_are_named():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    error = refusal(Remote(url))
    assert f"{url} cannot be reached" in error.message
    for way in ("HTTPS_PROXY", "--hub", "--from", "parlor bundle"):
        assert way in error.fix


def test_proxies_are_used(hub, monkeypatch):
    hub.repositories["owner/m"] = dict(FILES)
    monkeypatch.setenv("HTTP_PROXY", hub.url)
    remote = Remote("http://hub.invalid")
    offer = remote.look(MODEL, LARGE)
    assert content(remote, offer)[1] == FILES["deep/model.bin"]
    assert all(request.proxied for request in hub.requests)
    assert {request.host for request in hub.requests} == {"hub.invalid", f"localhost:{hub.port}"}


def test_a_token_that_has_expired_is_told_even_for_what_anybody_may_have(remote, hub, monkeypatch):
    hub.expired = "of-last-year"
    monkeypatch.setenv("HF_TOKEN", hub.expired)
    error = refusal(remote)
    assert "does not know the token" in error.message
    assert "HF_TOKEN" in error.fix


@pytest.mark.parametrize("scheme", ["socks5", "socks"])
def test_a_socks_proxy_is_told(monkeypatch, scheme):
    monkeypatch.setenv("HTTP_PROXY", f"{scheme}://127.0.0.1:9")
    assert "ALL_PROXY" in refusal(Remote("http://hub.invalid")).fix


def test_a_proxy_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert "cannot be reached" in refusal(Remote("http://hub.invalid")).message


def test_offline_mode_is_told(remote, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "HF_HUB_OFFLINE" in refusal(remote).message


def test_what_may_pass_is_an_interruption_and_what_will_not_is_an_error(remote, hub):
    offer = remote.look(MODEL, LARGE)
    hub.statuses = [503, 418]
    with pytest.raises(InterruptedDownloadError, match="503"):
        content(remote, offer)
    with pytest.raises(SetupError, match="418"):
        content(remote, offer)
    hub.cuts = [100]
    with pytest.raises(InterruptedDownloadError):
        content(remote, offer)
