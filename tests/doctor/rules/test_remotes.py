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
        ({}, Status.OK, "does not tell", ""),
        ({"status": 404}, Status.OK, "does not tell", ""),
        ({"status": 401}, Status.ERROR, "HTTP 401", "llm.key"),
        ({"fault": "connection refused"}, Status.ERROR, "connection refused", "llm.url"),
    ],
)
def test_a_server(more, status, detail, fix):
    (found,) = judge_remotes([RemoteFacts("llm", URL, "qwen", **more)])
    assert (found.name, found.status) == ("llm.url", status)
    assert URL in found.detail
    assert detail in found.detail
    assert fix in found.fix
