"""The page in a real Chromium, against the scripted server: what it shows, and when."""

from __future__ import annotations

import json

import numpy as np
import pytest
from aiohttp import web
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
KEEP_STREAM = """const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await open(wanted));"""


async def talking(scripted, page, fragment=""):
    """The page, opened and listening."""
    await page.goto(f"{scripted.url}{fragment}")
    await page.get_by_role("button", name="Talk").click()
    await scripted.until(lambda: len(scripted.audio) > 0)


async def test_a_turn_is_shown_as_it_happens(scripted, page):
    await talking(scripted, page)
    status = page.locator("#status")
    await expect(status).to_have_text("Listening.")
    await scripted.say("speech.started", turn=1)
    await expect(status).to_have_text("Hearing you…")
    await scripted.say("transcript.partial", turn=1, stable="two", unstable="pizzas")
    await expect(page.locator("#hearing")).to_have_text("two pizzas")
    await scripted.say("speech.stopped", turn=1)
    await expect(status).to_have_text("Thinking…")
    await scripted.say("transcript.final", turn=1, text="two pizzas please")
    await scripted.say("reply.started", turn=1)
    await scripted.say("reply.delta", turn=1, text="Two pizzas. ")
    await scripted.say("reply.delta", turn=1, text="Anything else?")
    await scripted.play(1, np.full(48_000, 8_000, np.int16), 48_000)
    await expect(status).to_contain_text("Speaking.")
    await expect(page.locator("#hearing")).to_have_text("")
    await expect(page.locator(".said")).to_contain_text("two pizzas please")
    assert await page.evaluate("document.getElementById('output-level').value") > 0.1
    await page.keyboard.press("Escape")
    await scripted.until(lambda: scripted.of("interrupt"))
    ended = {"status": "interrupted", "heard_text": "Two pizzas.", "timeline": {"speech_end": 900, "first_audio": 1300}}
    await scripted.say("reply.ended", turn=1, **ended)
    await expect(page.locator(".reply .unheard")).to_have_text(" Anything else?")
    await expect(page.locator(".reply small")).to_contain_text("answered after 400 ms, interrupted")
    await page.get_by_role("button", name="Stop talking").click()
    await expect(status).to_have_text("Connected. The microphone is off.")


async def test_text_is_typed_with_the_keyboard_alone(scripted, page):
    await page.goto(scripted.url)
    await page.get_by_label("Or type").press_sequentially("what is on the menu")
    await page.keyboard.press("Enter")
    await scripted.until(lambda: scripted.of("text", text="what is on the menu"))
    await expect(page.locator(".said")).to_contain_text("what is on the menu")
    await expect(page.get_by_label("Or type")).to_have_value("")


async def test_the_operators_token_opens_the_session(scripted, page):
    await talking(scripted, page, "#token=s3cret")
    assert scripted.authorizations == ["Bearer s3cret"]
    assert scripted.joined[0][2] == "parlor.v1, token.t-s1"


async def test_refusals_are_shown_with_what_mends_them(scripted, page):
    body = {"code": "busy", "message": "All places are taken.", "fix": "Try again in 5 s."}
    scripted.refusal = web.Response(status=503, text=json.dumps(body), headers={"Retry-After": "5"})
    await page.goto(scripted.url)
    await page.get_by_role("button", name="Talk").click()
    await expect(page.get_by_role("alert")).to_have_text("All places are taken. Try again in 5 s.")
    await expect(page.locator("#status")).to_contain_text("Not connected.")


async def test_errors_and_lost_connections_are_told_in_words(scripted, page):
    await talking(scripted, page)
    await scripted.say("error", code="engine_failed", message="llm: no answer", fix="Say it again.", fatal=False)
    await expect(page.get_by_role("alert")).to_have_text("llm: no answer Say it again.")
    scripted.forget_sessions()
    scripted.refusal = web.Response(status=502)
    scripted.cut()
    await expect(page.locator("#status")).to_contain_text("The connection was lost. Trying again in")
    scripted.refusal = None
    await expect(page.locator("#status")).to_have_text("Listening.", timeout=10_000)
    assert len(scripted.opened) == 2
    await expect(page.get_by_role("alert")).to_have_text("The conversation begins anew: Parlor has forgotten it.")


async def test_what_was_said_as_the_line_went_is_asked_for_again(scripted, page):
    await talking(scripted, page)
    await scripted.say("speech.started", turn=1)
    await scripted.say("transcript.partial", turn=1, stable="two", unstable="cokes")
    await expect(page.locator("#status")).to_have_text("Hearing you…")
    scripted.cut()
    await scripted.until(lambda: len(scripted.joined) == 2)
    await expect(page.get_by_role("alert")).to_have_text("The line was gone for a moment. Say it again.")
    await expect(page.get_by_text("two cokes")).to_be_hidden()


async def test_what_was_typed_as_the_line_went_is_asked_for_again(scripted, page):
    await talking(scripted, page)
    await page.get_by_role("textbox").fill("two cokes")
    await page.keyboard.press("Enter")
    await scripted.until(lambda: scripted.of("text"))
    scripted.cut()
    await scripted.until(lambda: len(scripted.joined) == 2)
    await expect(page.get_by_role("alert")).to_have_text("The line was gone for a moment. Say it again.")


async def test_a_microphone_that_is_muted_is_told(scripted, page):
    await page.add_init_script(KEEP_STREAM)
    await talking(scripted, page)
    await page.evaluate("stream.getTracks()[0].dispatchEvent(new Event('mute'))")
    await expect(page.locator("#muted")).to_contain_text("The microphone is muted.")
    await page.evaluate("stream.getTracks()[0].dispatchEvent(new Event('unmute'))")
    await expect(page.locator("#muted")).to_be_hidden()


async def test_a_microphone_that_does_not_fit_the_loudspeaker_is_given_back(scripted, page):
    await page.add_init_script(KEEP_STREAM)
    await page.add_init_script(
        """AudioContext.prototype.createMediaStreamSource = () => {
          throw new DOMException("Connecting AudioNodes from other contexts", "NotSupportedError");
        };"""
    )
    await page.goto(scripted.url)
    await page.get_by_role("button", name="Talk").click()
    await expect(page.get_by_role("alert")).to_contain_text("Set both to 48 kHz")
    assert await page.evaluate("stream.getTracks()[0].readyState") == "ended"


async def test_a_line_that_died_without_a_word_is_noticed(scripted, page):
    await talking(scripted, page)
    scripted.answers = False
    await scripted.until(lambda: len(scripted.joined) == 2, 30.0)
    scripted.answers = True
    await expect(page.locator("#status")).to_have_text("Listening.")


async def test_a_server_that_starts_behind_a_proxy_is_waited_for(scripted, page):
    await talking(scripted, page)
    scripted.forget_sessions()
    scripted.refusal = web.Response(status=404)
    scripted.cut()
    await expect(page.locator("#status")).to_contain_text("(attempt 2)", timeout=10_000)
    scripted.refusal = None
    await expect(page.locator("#status")).to_have_text("Listening.", timeout=20_000)


async def test_a_server_that_is_away_is_named(scripted, page):
    await page.goto(scripted.url)
    await scripted.server.close()
    await page.get_by_role("button", name="Talk").click()
    await expect(page.get_by_role("alert")).to_have_text("The server does not answer. See whether Parlor is running.")


async def test_what_the_line_has_not_taken_goes_before_the_end_of_the_turn(scripted, page):
    await talking(scripted, page)
    await scripted.say("speech.started", turn=1)
    await page.evaluate("Object.defineProperty(WebSocket.prototype, 'bufferedAmount', { get: () => 1e6 })")
    await page.wait_for_timeout(500)
    before = len(scripted.audio)
    await page.get_by_role("button", name="Stop talking").click()
    await scripted.until(lambda: scripted.of("audio.commit"))
    assert len(scripted.audio) > before


async def test_who_will_get_no_answer_is_not_told_to_wait(scripted, page):
    await talking(scripted, page)
    for ending in ("error", "Escape"):
        await scripted.say("speech.started", turn=1)
        await scripted.say("transcript.partial", turn=1, stable="two", unstable="cokes")
        await scripted.say("speech.stopped", turn=1)
        await expect(page.locator("#status")).to_have_text("Thinking…")
        if ending == "error":
            await scripted.say("error", code="engine_timeout", message="stt: late", fix="Say it again.", fatal=False)
        else:
            await page.keyboard.press(ending)
        await expect(page.locator("#status")).to_have_text("Listening.")
        await expect(page.get_by_text("two cokes")).to_be_hidden()


async def test_a_microphone_that_is_not_ready_at_once_is_asked_for_again(scripted, page):
    await page.clock.install()
    await page.add_init_script(
        """const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        window.refusals = 0;
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          if ((window.refusals -= 1) >= 0) throw new DOMException("not yet", "NotReadableError");
          return (window.stream = await open(wanted));
        };"""
    )
    await talking(scripted, page)
    await page.evaluate("window.refusals = 2")
    await page.evaluate("stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    await page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    await expect(page.locator("#status")).to_have_text("Connected. The microphone is off.")
    await page.clock.fast_forward(3_100)
    await page.clock.fast_forward(3_100)
    await expect(page.locator("#status")).to_have_text("Listening.")


async def test_a_page_that_is_not_secure_says_so_and_still_talks(scripted, page):
    await page.goto(scripted.insecure_url)
    await expect(page.locator("#notice")).to_contain_text("The microphone needs https or localhost.")
    await page.get_by_role("button", name="Talk").click()
    await expect(page.get_by_role("alert")).to_contain_text("https")
    pcm = np.full(24_000, 8_000, np.int16)
    await scripted.play(1, pcm, 24_000, last=True)
    await scripted.until(lambda: scripted.of("playback", turn=1, state="done"))
    assert scripted.of("playback", turn=1, state="done")[0]["played_ms"] == 1000


async def test_fits_a_phone(scripted, page):
    await page.set_viewport_size({"width": 320, "height": 568})
    await page.goto(scripted.url)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_talk_pressed_twice_opens_one_microphone(scripted, page):
    await page.add_init_script(
        """const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        window.opened = [];
        navigator.mediaDevices.getUserMedia = async (wanted) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          const stream = await open(wanted);
          window.opened.push(stream);
          return stream;
        };"""
    )
    await page.goto(scripted.url)
    await page.get_by_role("button", name="Talk").dblclick()
    await scripted.until(lambda: len(scripted.audio) > 0)
    await page.get_by_role("button", name="Stop talking").click()
    assert await page.evaluate("opened.map((s) => s.getTracks().map((t) => t.readyState))") == [["ended"]]


async def test_who_stops_talking_has_finished(scripted, page):
    await talking(scripted, page)
    await scripted.say("speech.started", turn=1)
    await expect(page.locator("#status")).to_have_text("Hearing you…")
    await page.get_by_role("button", name="Stop talking").click()
    await scripted.until(lambda: scripted.of("audio.commit"))


async def test_the_end_of_a_session_is_announced_until_somebody_speaks(scripted, page):
    await talking(scripted, page)
    await scripted.say("session.expiring", in_s=60)
    await expect(page.locator("#expiring")).to_contain_text("60 s")
    await scripted.say("speech.started", turn=1)
    await scripted.say("transcript.final", turn=1, text="")
    await expect(page.locator("#expiring")).to_be_visible()
    await scripted.say("transcript.final", turn=2, text="wait")
    await expect(page.locator("#expiring")).to_be_hidden()


async def test_without_a_token_it_says_where_to_put_it_and_takes_it(scripted, page):
    body = {"error": {"code": "unauthorized", "message": "The admin token is needed.", "fix": "Send a bearer token."}}
    scripted.refusal = web.Response(status=401, text=json.dumps(body))
    await page.goto(scripted.url)
    await page.get_by_role("button", name="Talk").click()
    await expect(page.get_by_role("alert")).to_contain_text("Open the page as /#token=")
    scripted.refusal = None
    async with page.expect_event("load"):
        await page.evaluate("location.hash = 'token=s3cret'")
    await page.get_by_role("button", name="Talk").click()
    await scripted.until(lambda: scripted.authorizations[-1:] == ["Bearer s3cret"])
    await expect(page.locator("#status")).to_have_text("Listening.")


async def test_a_kiosks_guests_find_nothing_of_each_other(scripted, page):
    scripted.config["profile"] = "kiosk"
    await talking(scripted, page)
    await scripted.say("transcript.final", turn=1, text="two burgers for anna")
    await expect(page.locator(".said")).to_contain_text("anna")
    scripted.cut()
    await scripted.until(lambda: len(scripted.joined) == 2)
    await expect(page.locator(".said")).to_contain_text("anna")  # the same guest, the line was gone
    await scripted.say("transcript.partial", turn=2, stable="my number is", unstable="555")
    await expect(page.locator("#hearing")).to_have_text("my number is 555")
    await page.get_by_label("Or type").fill("anna's address")
    await page.get_by_role("button", name="Finish").click()
    await scripted.until(lambda: scripted.of("bye"))
    await expect(page.locator(".entry")).to_have_count(0)
    await expect(page.locator("#hearing")).to_have_text("")
    await expect(page.get_by_label("Or type")).to_have_value("")
    await page.get_by_role("button", name="Talk").click()
    await expect(page.locator("#status")).to_have_text("Listening.")
    assert len(scripted.opened) == 2


async def test_the_next_guest_is_not_told_of_what_the_last_one_left_unfinished(scripted, page):
    scripted.config["profile"] = "kiosk"
    await talking(scripted, page)
    await scripted.say("speech.started", turn=1)
    await expect(page.locator("#status")).to_have_text("Hearing you…")
    await page.get_by_role("button", name="Finish").click()
    await scripted.until(lambda: scripted.of("bye"))
    await page.get_by_role("button", name="Talk").click()
    await expect(page.locator("#status")).to_have_text("Listening.")
    await expect(page.locator("#problem")).to_be_hidden()


async def test_a_kiosk_without_a_line_forgets_its_guest_as_the_server_does(scripted, page):
    scripted.config["profile"], scripted.limits["keep_s"] = "kiosk", 0.3
    await talking(scripted, page)
    await scripted.say("transcript.final", turn=1, text="two burgers for anna")
    await page.get_by_label("Or type").fill("anna's address")
    scripted.forget_sessions()
    scripted.refusal = web.Response(status=502)
    scripted.cut()
    await expect(page.locator(".entry")).to_have_count(0)
    await expect(page.get_by_label("Or type")).to_have_value("")
    await expect(page.locator("#status")).to_contain_text("The connection was lost.")


async def test_a_microphone_that_comes_back_is_heard_again(scripted, page):
    await page.add_init_script(KEEP_STREAM)
    await talking(scripted, page)
    await page.evaluate("stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    await expect(page.get_by_role("alert")).to_contain_text("The microphone is gone.")
    await expect(page.locator("#status")).to_have_text("Connected. The microphone is off.")
    await page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    await expect(page.locator("#status")).to_have_text("Listening.")
    await expect(page.get_by_role("alert")).to_be_hidden()
    await page.evaluate("stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    scripted.refusal = web.Response(status=502)
    scripted.forget_sessions()
    scripted.cut()
    await expect(page.locator("#status")).to_contain_text("Trying again in")
    await page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    scripted.refusal = None
    await expect(page.locator("#status")).to_have_text("Listening.", timeout=10_000)
    await page.get_by_role("button", name="Stop talking").click()
    await page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    await expect(page.locator("#status")).to_have_text("Connected. The microphone is off.")


async def test_a_session_that_the_server_failed_is_followed_by_another(scripted, page):
    await page.clock.install()
    await talking(scripted, page)
    await scripted.say("error", code="internal", message="The session failed.", fix="See its log.", fatal=True)
    await expect(page.get_by_role("alert")).to_contain_text("failed")
    await scripted.say("session.ended", reason="failed")
    await scripted.close_socket(1011)
    await expect(page.locator("#status")).to_contain_text("Trying again in")
    await page.clock.fast_forward(9_000)
    await expect(page.locator("#status")).to_have_text("Listening.")
    await expect(page.get_by_role("alert")).to_have_text("The conversation begins anew: Parlor has forgotten it.")
    assert len(scripted.opened) == 2


async def test_the_sample_is_in_the_language_that_is_heard(scripted, page):
    scripted.config["language"] = "tr"
    await page.goto(scripted.url)
    async with page.expect_response("**/sample-tr.flac") as fetched:
        await page.get_by_role("button", name="Send a sample sentence").click()
    assert (await fetched.value).ok
    await scripted.until(lambda: scripted.audio)
