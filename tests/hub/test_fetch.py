"""One file, from a hub that breaks off, lies and forgets."""

import pytest

from app.errors import SetupError
from app.hub.fetch import fetch
from app.hub.manifest import ModelFile, parse
from app.hub.offer import expected
from app.hub.remote import Remote
from tests.support.hub import entry

CONTENT = bytes(range(256)) * 2000
SIZE = len(CONTENT)
MODEL = parse(entry("m", "llm", {"a.bin": CONTENT}), "m").models[0]
FILE = MODEL.files[0]


@pytest.fixture
def bring(hub, tmp_path):
    """`bring()` fetches the file of the hub into `part`."""
    hub.repositories["owner/m"] = {"a.bin": CONTENT, "small.json": b"{}"}
    remote = Remote(hub.url)

    def run(file=FILE, recorded=""):
        offer = remote.look(MODEL, file)
        return fetch(remote, offer, expected(MODEL, file, offer, recorded), tmp_path / "part")

    return run


@pytest.fixture
def part(tmp_path):
    return tmp_path / "part"


def fails(bring, **more):
    with pytest.raises(SetupError) as error:
        bring(**more)
    return error.value


def test_it_arrives(bring, part, hub):
    assert bring() == FILE.sha256
    assert part.read_bytes() == CONTENT


def test_a_break_is_resumed_where_it_was_and_nothing_comes_twice(bring, part, hub):
    hub.cuts = [100_000, 200_000]
    assert bring() == FILE.sha256
    assert part.read_bytes() == CONTENT
    assert [request.start for request in hub.gets()] == [0, 100_000, 300_000]
    assert sum(request.sent for request in hub.gets()) == SIZE


def test_what_keeps_breaking_is_given_up_and_goes_on_next_time(bring, part, hub):
    hub.cuts = [100_000, 0, 0, 0]
    error = fails(bring)
    assert "broke off at 100.0 kB of 512.0 kB" in error.message
    assert "goes on from there" in error.fix
    assert part.stat().st_size == 100_000
    hub.cuts.clear()
    bring()
    assert hub.gets()[-1].start == 100_000
    assert sum(request.sent for request in hub.gets()) == SIZE


def test_a_busy_hub_is_asked_again(bring, hub):
    hub.statuses = [503, 429]
    assert bring() == FILE.sha256


def test_a_server_without_ranges_begins_again(bring, part, hub):
    hub.cuts, hub.ranges = [100_000], False
    assert bring() == FILE.sha256
    assert part.read_bytes() == CONTENT


def test_wrong_bytes_are_deleted(bring, part, hub):
    hub.wrong = True
    error = fails(bring)
    assert "SHA-256" in error.message
    assert FILE.sha256[:12] in error.message
    assert not part.exists()


def test_a_truncated_file_is_no_file(bring, part, hub):
    hub.truncated = 1000
    assert "broke off at 1.0 kB of 512.0 kB" in fails(bring).message


def test_more_than_was_announced_is_no_file(tmp_path, hub):
    hub.repositories["owner/m"] = {"a.bin": CONTENT}
    remote = Remote(hub.url)
    offer = remote.look(MODEL, FILE)
    hub.repositories["owner/m"]["a.bin"] += b"more"
    with pytest.raises(SetupError, match=f"bytes in place of {SIZE}"):
        fetch(remote, offer, expected(MODEL, FILE, offer, ""), tmp_path / "part")
    assert not (tmp_path / "part").exists()


def test_a_bad_beginning_is_fetched_anew(bring, part, hub):
    part.write_bytes(b"x" * 1000)
    assert bring() == FILE.sha256
    assert [request.start for request in hub.gets()] == [1000, 0]


def test_what_is_whole_already_is_not_fetched(bring, part, hub):
    part.write_bytes(CONTENT + b"what a patch added")
    assert bring() == FILE.sha256
    assert hub.gets() == []
    assert part.read_bytes() == CONTENT


def test_a_small_file_must_have_the_hubs_git_id(bring, part, hub):
    bring(file=ModelFile("small.json"))
    assert part.read_bytes() == b"{}"


def test_a_small_file_with_another_git_id_is_deleted(bring, part, hub, monkeypatch):
    monkeypatch.setattr("tests.support.hub._Handler.write", lambda self, body: self.wfile.write(b"[" * len(body)))
    assert "a content that is not" in fails(bring, file=ModelFile("small.json")).message
    assert not part.exists()


def test_a_file_that_changed_since_its_first_download_is_refused(bring, part, hub):
    error = fails(bring, file=ModelFile("small.json"), recorded=64 * "a")
    assert "in place of aaaaaaaaaaaa" in error.message
    assert "parlor models remove m && parlor models download m" in error.fix
