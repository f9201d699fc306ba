"""HTTP calls and the doors to the socket, over a real socket; the engines are scripted."""

import asyncio

import aiohttp
import pytest

from app.errors import EngineBusyError
from app.net.outbox import Outbox
from app.net.socket import Connection
from app.wire.incoming import Options
from app.wire.messages import SessionReady
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import ScriptedLlm


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def created(http, url, **wish):
    async with http.post(f"{url}/v1/sessions", json=wish) as answer:
        assert answer.status == 201
        return await answer.json()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def failure(answer, status):
    assert answer.status == status
    error = (await answer.json())["error"]
    assert error["message"]
    assert error["fix"]
    return error


async def test_health_readiness_and_metrics(serving, http):
    async with serving() as (url, _):
        assert (await http.get(f"{url}/healthz")).status == 200
        ready = await http.get(f"{url}/readyz")
        body = await ready.json()
        assert ready.status == 200
        assert {"version", "sessions", "engines"} <= body.keys()
        for engine in ("vad", "stt", "llm", "tts"):
            assert {"state", "model", "device", "workers", "queue", "starter"} <= body["engines"][engine].keys()
        async with calling(url) as caller:
            await caller.send("text", text="hi")
            await caller.until("reply.ended")
            text = await (await http.get(f"{url}/metrics")).text()
        assert 'parlor_replies_total{status="completed"} 1.0' in text
        assert "parlor_sessions 1.0" in text


async def test_not_ready_while_engines_load(http):
    from app.net.access import Access
    from app.net.api import Api
    from app.net.server import listening
    from tests.conftest import configured

    config = configured()
    async with listening(Api(Access(config.server)), config.server) as url:
        assert (await http.get(f"{url}/healthz")).status == 200
        assert (await http.get(f"{url}/readyz")).status == 503
        answer = await http.post(f"{url}/v1/sessions")
        assert (await failure(answer, 503))["code"] == "busy"
        assert answer.headers["Retry-After"] == "2"


async def test_the_life_of_a_session(serving, http):
    async with serving() as (url, sessions):
        made = await created(http, url, mode="speak", speed=1.2)
        assert made["ws_path"] == f"/v1/sessions/{made['session_id']}/ws"
        async with calling(url, made["ws_path"], made["token"]) as caller:
            ready = caller.events[0]
            assert (ready["session_id"], ready["resumed"], ready["config"]["mode"]) == (
                made["session_id"], False, "speak",
            )  # fmt: skip
            stats = await http.get(f"{url}/v1/sessions/{made['session_id']}/stats", headers=bearer(made["token"]))
            assert {
                "created_at", "last_activity", "is_active", "mode", "language", "conversation_entries",
                "buffer_chunks", "buffer_bytes", "pending_transcriptions", "pending_replies",
            } <= (await stats.json()).keys()  # fmt: skip
            gone = await http.delete(f"{url}/v1/sessions/{made['session_id']}", headers=bearer(made["token"]))
            assert gone.status == 204
            assert (await caller.until("session.ended"))["reason"] == "closed"
        assert len(sessions) == 0


async def test_a_session_outlives_its_socket(serving, http):
    async with serving() as (url, _):
        made = await created(http, url)
        async with calling(url, made["ws_path"], made["token"]) as caller:
            await caller.send("text", text="hi")
            await caller.until("reply.ended")
            last = caller.events[-1]["seq"]
        async with calling(url, f"{made['ws_path']}?from={last}", made["token"]) as caller:
            ready = caller.events[0]
            assert (ready["session_id"], ready["resumed"]) == (made["session_id"], False)
            assert ready["seq"] > last
            await caller.send("control", command="stats")
            assert (await caller.until("stats"))["stats"]["conversation_entries"] == 2


async def test_a_second_socket_replaces_the_first(serving, http):
    async with serving() as (url, _):
        made = await created(http, url)
        async with (
            calling(url, made["ws_path"], made["token"]) as first,
            calling(url, made["ws_path"], made["token"]) as second,
        ):
            assert (await first.until("session.ended"))["reason"] == "replaced"
            await first.closed()
            await second.send("control", command="ping")
            await second.until("pong")


async def test_of_two_that_come_while_the_first_leaves_the_later_has_the_session(serving, http, monkeypatch):
    """The first one's line is dead, and what it still had to say takes a while to be given up."""
    leave = Connection.replace

    async def slowly(connection):
        await asyncio.sleep(0.2)
        await leave(connection)

    monkeypatch.setattr(Connection, "replace", slowly)
    async with serving() as (url, _):
        made = await created(http, url)
        door = {"headers": bearer(made["token"]), "protocols": ("parlor.v1",)}
        first, second, third = [await http.ws_connect(f"{url}{made['ws_path']}", **door) for _ in range(3)]
        async with asyncio.timeout(5), first, second, third:
            ready = await third.receive_json()
            await third.send_json({"type": "control", "command": "ping"})
            assert [ready["type"], (await third.receive_json())["type"]] == ["session.ready", "pong"]
            for left in (first, second):
                kinds = [frame.json()["type"] async for frame in left]
                assert kinds[-1] == "session.ended"


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_another_ones_session_is_not_found(serving, http, token):
    async with serving() as (url, _):
        made = await created(http, url)
        path = f"/v1/sessions/{made['session_id']}"
        answer = await http.get(f"{url}{path}/stats", headers=bearer(token))
        assert (await failure(answer, 404))["code"] == "not_found"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{url}{path}/ws", headers=bearer(token))
        assert refused.value.status == 404
        answer = await http.delete(f"{url}/v1/sessions/{made['session_id']}", headers=bearer(token))
        await failure(answer, 404)


async def test_full_is_busy(serving, http):
    async with serving("session.max_sessions=1") as (url, _), calling(url):
        answer = await http.post(f"{url}/v1/sessions")
        assert (await failure(answer, 503))["code"] == "busy"
        assert int(answer.headers["Retry-After"]) > 0
        async with http.ws_connect(f"{url}/v1/ws", protocols=("parlor.v1",)) as ws:
            assert (await ws.receive_json())["code"] == "busy"
            await ws.receive()
            assert ws.close_code == 1013


async def test_a_caller_who_left_makes_room_and_one_who_comes_does_not(serving, http):
    async with serving("session.max_sessions=1") as (url, sessions):
        async with calling(url) as first:
            left = first.events[0]["session_id"]
        async with calling(url) as caller:
            assert caller.events[0]["session_id"] != left
        made = await created(http, url)
        assert (await failure(await http.post(f"{url}/v1/sessions"), 503))["code"] == "busy"
        assert sessions.ids() == [made["session_id"]]


async def test_a_place_is_free_again_after_the_end(serving):
    async with serving("session.max_sessions=1", "session.keep_s=0") as (url, sessions):
        for _ in range(3):
            async with calling(url) as caller:
                await caller.send("bye")
                await caller.closed()
            assert len(sessions) == 0


async def test_a_session_that_is_not_kept_still_waits_for_its_first_socket(serving, http):
    async with serving("session.keep_s=0") as (url, sessions):
        made = await created(http, url)
        await asyncio.sleep(0.1)
        assert sessions.ids() == [made["session_id"]]
        async with calling(url, made["ws_path"], made["token"]) as caller:
            assert caller.events[0]["session_id"] == made["session_id"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"mode": "sing"}, "bad_message"), ({"speed": "fast"}, "bad_message"), ([], "bad_json"),
        ({"profile": "none"}, "unknown_profile"), ({"voice": "none"}, "unknown_voice"),
    ],
)  # fmt: skip
async def test_bad_wishes(serving, http, body, code):
    async with serving() as (url, sessions):
        assert (await failure(await http.post(f"{url}/v1/sessions", json=body), 400))["code"] == code
        assert len(sessions) == 0


async def test_a_body_that_is_no_json(serving, http):
    async with serving() as (url, _):
        assert (await failure(await http.post(f"{url}/v1/sessions", data=b"{bad"), 400))["code"] == "bad_json"


async def test_a_null_is_as_left_out(serving):
    async with serving() as (url, _), calling(url) as caller:
        await caller.send("session.configure", voice=None, input={"codec": "pcm16", "rate": None})
        await caller.send("text", text="hi", more=None)
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert not caller.of("error")


async def test_turns_and_errors_are_counted_wherever_they_are_told(serving, http):
    async with serving("session.max_sessions=1") as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.until("reply.ended")
        await caller.send("text_request", text="Hello.")
        await caller.until("reply.ended", count=2)
        await failure(await http.post(f"{url}/v1/sessions"), 503)
        async with http.ws_connect(f"{url}/v1/ws", protocols=("parlor.v1",)) as ws:
            assert (await ws.receive_json())["code"] == "busy"
        text = await (await http.get(f"{url}/metrics")).text()
    for line in ('turns_total{kind="typed"} 1.0', 'turns_total{kind="said"} 1.0', 'errors_total{code="busy"} 2.0'):
        assert f"parlor_{line}" in text


async def test_another_version_is_refused_before_anything_is_made(serving, http, caplog):
    async with serving() as (url, sessions):
        for offered in (("token.secret",), ("parlor.v2", "token.secret")):
            with pytest.raises(aiohttp.WSServerHandshakeError, match="400"):
                await http.ws_connect(f"{url}/v1/ws", protocols=offered)
        assert len(sessions) == 0
    assert "secret" not in caplog.text


async def test_a_token_that_is_no_text_is_a_wrong_one(serving, http):
    async with serving() as (url, _):
        made = await created(http, url)
        answer = await http.get(f"{url}/v1/sessions/{made['session_id']}/stats", headers=bearer("\udce9"))
        assert (await failure(answer, 404))["code"] == "not_found"


async def test_nobody_gets_in_while_the_server_ends(serving):
    late = asyncio.Event()

    class Slow(ScriptedLlm):
        async def open(self):
            await late.wait()
            return await super().open()

    async def refused():
        with pytest.raises(EngineBusyError, match="ending"):
            await sessions.open(Options(), Outbox())

    llm = Slow()
    async with asyncio.TaskGroup() as tasks:
        async with serving(llm=llm) as (_, sessions):
            tasks.create_task(refused())
            await asyncio.sleep(0)
        late.set()
        await refused()
    assert llm.open_slots == 0


async def test_the_admin_token(serving, http):
    async with serving("server.token=boss") as (url, _):
        assert (await failure(await http.post(f"{url}/v1/sessions"), 401))["code"] == "unauthorized"
        assert (await failure(await http.get(f"{url}/v1/ws"), 401))["code"] == "unauthorized"
        answer = await http.post(f"{url}/v1/sessions", headers=bearer("boss"))
        made = await answer.json()
        listed = await (await http.get(f"{url}/v1/sessions", headers=bearer("boss"))).json()
        assert listed == {"total": 1, "active": [made["session_id"]], "max": 4}
        await failure(await http.get(f"{url}/v1/sessions", headers=bearer(made["token"])), 401)
        answer = await http.get(f"{url}/v1/sessions/{made['session_id']}/stats", headers=bearer("boss"))
        await failure(answer, 404)  # listed ids open nothing


async def test_without_an_admin_token_nobody_is_admin(serving, http):
    async with serving() as (url, _):
        await failure(await http.get(f"{url}/v1/sessions"), 401)


async def test_a_browser_gives_its_token_as_a_subprotocol(serving, http):
    async with serving() as (url, _):
        made = await created(http, url)
        protocols = ("parlor.v1", f"token.{made['token']}")
        async with http.ws_connect(f"{url}{made['ws_path']}", protocols=protocols) as ws:
            assert ws.protocol == "parlor.v1"
            assert (await ws.receive_json())["type"] == "session.ready"


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/ws", "/web/parlor-client.js"])
async def test_foreign_hosts_and_origins_are_refused(serving, http, path):
    async with serving() as (url, _):
        answer = await http.get(url + path, headers={"Host": "evil.example"})
        assert (await failure(answer, 403))["code"] == "bad_host"
        answer = await http.get(url + path, headers={"Origin": "http://evil.example"})
        assert (await failure(answer, 403))["code"] == "bad_origin"


async def test_pages_of_an_allowed_origin_may_call(serving, http):
    origin = {"Origin": "https://shop.example"}
    async with serving('server.allowed_origins=["https://shop.example"]') as (url, _):
        for method, path in [("OPTIONS", "/v1/sessions"), ("POST", "/v1/sessions"), ("GET", "/web/parlor-client.js")]:
            answer = await http.request(method, url + path, headers=origin)
            assert answer.ok
            assert answer.headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert "Access-Control-Allow-Origin" not in (await http.get(f"{url}/healthz")).headers


async def test_a_plain_get_makes_no_session(serving, http):
    async with serving() as (url, sessions):
        assert (await failure(await http.get(f"{url}/v1/ws"), 400))["code"] == "no_websocket"
        made = await created(http, url)
        answer = await http.get(f"{url}{made['ws_path']}", headers=bearer(made["token"]))
        assert (await failure(answer, 400))["code"] == "no_websocket"
        answer = await http.get(f"{url}{made['ws_path']}?from=x", headers=bearer(made["token"]))
        assert (await failure(answer, 400))["code"] == "bad_message"
        assert len(sessions) == 1


async def test_the_page_and_its_policy(serving, http):
    async with serving() as (url, _):
        page = await http.get(f"{url}/")
        assert "text/html" in page.headers["Content-Type"]
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "parlor" in (await page.text()).lower()
        assert (await http.get(f"{url}/web/../config.py")).status == 404


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("no json", "bad_json"), ("[]", "unknown_type"), ('{"type": "sing"}', "unknown_type"),
        ('{"type": "text"}', "bad_message"), ('{"type": "binary frame"}', "unknown_type"),
        ('{"type": "playback", "turn": -1, "played_ms": 0}', "bad_message"), ("[" * 200_000, "bad_json"),
    ],
)  # fmt: skip
async def test_malformed_frames_are_named_and_harm_nothing(serving, frame, code):
    async with serving() as (url, _), calling(url) as caller:
        await caller.ws.send_str(frame)
        error = await caller.until("error")
        assert (error["code"], error["fatal"]) == (code, False)
        await caller.send("control", command="ping")
        await caller.until("pong")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("post", "/v1/sessions", b'{"mode": "\xff"}', 400, "bad_json"),
        ("post", "/v1/sessions", b" " * 70_000, 413, "too_large"),
        ("get", "/v1/session", None, 404, "not_found"),
        ("put", "/v1/sessions", None, 405, "bad_message"),
    ],
)
async def test_every_refusal_has_one_form(serving, method, path, body, status, code):
    async with (
        serving() as (url, _),
        aiohttp.ClientSession() as http,
        http.request(method, url + path, data=body) as answer,
    ):
        assert (await failure(answer, status))["code"] == code


@pytest.mark.parametrize("binary", [True, False])
async def test_oversized_frames_close_with_1009(serving, binary):
    async with serving() as (url, sessions), calling(url) as caller:
        if binary:
            await caller.ws.send_bytes(quiet(3))
            assert (await caller.until("error"))["code"] == "too_large"
        else:
            await caller.ws.send_str("x" * (256 * 1024 + 1))
        assert await caller.closed() == 1009
        assert len(sessions) == 1, "the connection ends, the session stays"


async def test_audio_faster_than_life_is_held_back_and_not_lost(serving):
    overrides = ("vad.silence_ms=200", "session.backlog_s=0.5")
    async with serving(*overrides) as (url, _), calling(url, mode="transcribe") as caller:
        for _ in range(10):
            await caller.hear(quiet(0.3), loud(0.4), quiet(0.3))
        await caller.until("transcript.final", 10)


async def test_a_client_that_does_not_read_loses_its_connection_not_its_session(serving, monkeypatch):
    class Stuck:
        """A socket (scripted) that takes nothing and gives nothing."""

        close_code = None

        async def _for_ever(self, *_):
            await asyncio.Event().wait()

        receive = send_str = send_bytes = ping = _for_ever

        async def close(self, code):
            self.close_code = code

    monkeypatch.setattr("app.net.socket.STALL_S", 0.1)
    async with serving() as (_, sessions):
        entry = await sessions.open(Options(), Outbox())
        stuck = Stuck()
        await Connection(stuck, entry, SessionReady("", "", False, {}, {}, {}, None)).run()
        assert stuck.close_code == 1013
        assert entry.session.reason is None
        assert entry.session.detached_at is not None


async def test_pings_are_answered_and_a_dead_peer_is_noticed(serving, http, monkeypatch):
    monkeypatch.setattr("app.net.socket.PING_S", 0.1)
    async with serving() as (url, sessions), http.ws_connect(f"{url}/v1/ws", autoping=False) as ws:
        session = next(iter(sessions._entries.values())).session
        await ws.receive()
        await ws.ping(b"x")
        kinds = {(await ws.receive()).type for _ in range(3)}
        assert aiohttp.WSMsgType.PONG in kinds
        assert aiohttp.WSMsgType.PING in kinds
        async with asyncio.timeout(5):
            while session.detached_at is None:  # noqa: ASYNC110 - it has no event for tests
                await asyncio.sleep(0.01)
