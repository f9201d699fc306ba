"""Logs that people read."""

from app.bench.simulate.log import Log


def test_it_reads_in_its_order_with_frames_in_one_line():
    log = Log()
    log.add(1.0, "server", "reply.started", {"turn": 1, "seq": 4, "words": ()})
    for number in range(3):
        log.add(
            1.1 + number / 10, "server", "audio", {"turn": 1, "offset": 640 * number, "samples": 640, "last": False}
        )
        log.add(1.1 + number / 10, "server", "took", {"type": "playback", "turn": 1, "state": "playing"})
    log.add(1.4, "server", "audio", {"turn": 2, "offset": 0, "samples": 640, "last": False})
    log.add(1.5, "client", "calls")
    log.add(1.6, "server", "took", {"type": "playback", "turn": 1, "state": "done"})
    log.add(1.7, "client", "audio", {"turn": 2, "offset": 0, "samples": 640, "last": False})
    assert [line.split(maxsplit=1)[1] for line in log.lines()] == [
        "server reply.started turn=1",
        "server audio turn=1 samples=0-1920 until 1.3000",
        "client calls",
        "server audio turn=2 samples=0-640 until 1.4000",
        "server took turn=1 state='done'",
        "client audio turn=2 samples=0-640 until 1.7000",
    ]
    assert [entry.turn for entry in log.of("client")] == [-1, 2]
    assert [entry.at_s for entry in log.of("server", "reply.started")] == [1.0]
