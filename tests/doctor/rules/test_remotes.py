"""What is said of a server that does an engine's work."""

import pytest

from app.doctor.finding import Status
from app.doctor.rules.remotes import RemoteFacts, judge_remotes

URL = "http://gpu-box:8080/v1"


@pytest.mark.parametrize(
    ("more", "status", "detail", "fix"),
    [
        ({"models": ("qwen", "other")}, Status.OK, "has qwen", ""),
        ({"models": ("other",)}, Status.WARNING, "it has other", "llm.model"),
        ({"models": tuple("abcdefghij")}, Status.WARNING, "g, h, ...", "llm.model"),
        ({"models": ("qwen:latest",)}, Status.OK, "has qwen", ""),
        ({}, Status.WARNING, "it has none", "llm.model"),
        ({"engine": "stt", "status": 404}, Status.OK, "does not tell", ""),
        ({"status": 404}, Status.WARNING, "HTTP 404", "llm.url"),
        ({"status": 500}, Status.WARNING, "HTTP 500", "that server's log"),
        ({"status": 401}, Status.ERROR, "HTTP 401", "llm.key"),
        ({"fault": "connection refused"}, Status.ERROR, "connection refused", "llm.url"),
    ],
)
def test_a_server(more, status, detail, fix):
    facts = {"engine": "llm", "url": URL, "model": "qwen"} | more
    (found,) = judge_remotes([RemoteFacts(**facts)])
    assert (found.name, found.status) == (f"{facts['engine']}.url", status)
    assert URL in found.detail
    assert detail in found.detail
    assert fix in found.fix
