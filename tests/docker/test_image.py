"""The CPU image, really built and run: not as root, on a read-only file system, without any network."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator

import pytest
import yaml

from app.config import ROOT
from tests.docker.building import Podman

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
SPEECH = ROOT / "tests" / "fixtures" / "speech"
READY_S = 120


@pytest.fixture(scope="module")
def parlor(podman: Podman, image: str) -> Iterator[str]:
    """A container that is ready, confined as compose.yaml says, with a new volume and without a network."""
    service = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text("utf-8"))["services"]["cpu"]
    assert service["read_only"]
    (tmpfs,), (capabilities,), (option,), (volume,) = (
        service[key] for key in ("tmpfs", "cap_drop", "security_opt", "volumes")
    )
    podman(
        *("run", "--detach", "--name", "parlor", "--network", "none", "--read-only", "--tmpfs", tmpfs),
        *("--cap-drop", capabilities, "--security-opt", option, "--volume", volume, "--volume", f"{SPEECH}:/speech:ro"),
        *("--env", "PARLOR_SERVER__TOKEN=secret", image),
    )
    follow = ["timeout", str(READY_S), *podman.command("logs", "-f", "parlor")]
    with subprocess.Popen(follow, env=podman.env, stdout=subprocess.PIPE) as logs:
        assert logs.stdout
        assert any(b"ready" in line for line in logs.stdout), podman("logs", "parlor")
        logs.terminate()  # which passes it on
    yield "parlor"
    podman("rm", "--force", "--volumes", "parlor")
    podman("volume", "rm", volume.partition(":")[0])


def test_a_conversation_without_a_network(podman, parlor):
    assert podman("exec", parlor, "cat", "/proc/net/route").count("\n") == 1, "the headings alone"
    podman("healthcheck", "run", parlor)
    call = ["parlor", "call", "--json", "--url", "http://127.0.0.1:8080", "--wav", "/speech/two-pizzas.flac"]
    (turn,) = json.loads(podman("exec", parlor, *call).splitlines()[-1])["turns"]
    assert turn["transcript"].startswith("i would like two margherita pizza")
    assert "two margherita pizzas" in turn["reply"].lower()


def test_only_the_models_can_be_written(podman, parlor):
    assert podman("exec", parlor, "id", "-u").strip() == "10001"
    podman("exec", parlor, "touch", "models/mine")
    for place in (".", "app", ".venv", "shipped", "/etc"):
        assert podman("exec", parlor, "sh", "-c", f"touch {place}/mine || echo refused").strip() == "refused"


def test_what_a_start_needs_is_compiled_and_what_nothing_needs_is_not(podman, parlor):
    named = ("-name", "compose.*.pyc", "-o", "-path", "*/torch/*.pyc", "-o", "-name", "libllama-common*")
    assert podman("exec", parlor, "find", "app", ".venv", *named).split() == ["app/__pycache__/compose.cpython-311.pyc"]


def test_a_volume_shows_the_models_of_the_image_that_runs(podman, parlor):
    names = podman("exec", parlor, "readlink", "-e", "models/starter", "models/manifest.toml").split()
    assert names == ["/opt/parlor/shipped/starter", "/opt/parlor/shipped/manifest.toml"]
    assert "Starter models in use" in podman("logs", parlor), "known for what they are behind a link too"


def test_a_folder_of_ones_own_works_as_documented(podman, image, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    readme = (ROOT / "docker" / "README.md").read_text("utf-8")
    (line,) = (line for line in readme.splitlines() if line.startswith("docker run") and "/mnt" in line)
    _, _, *words = shlex.split(line.replace("$PWD/docker/models", str(models)))
    podman("run", "--network", "none", *words)
    script = "touch models/mine && readlink -e models/starter models/manifest.toml && id -u"
    confined = ("--network", "none", "--volume", f"{models}:/opt/parlor/models", "--entrypoint", "sh")
    told = podman("run", "--rm", *confined, image, "-c", script).split()
    assert told == ["/opt/parlor/shipped/starter", "/opt/parlor/shipped/manifest.toml", "10001"]
    assert (models / "mine").stat().st_uid == 10001


def test_is_not_healthy_while_nothing_answers(podman, image):
    podman("run", "--detach", "--name", "silent", "--network", "none", "--entrypoint", "sleep", image, "60")
    assert podman.run("healthcheck", "run", "silent").returncode == 1
    podman("rm", "--force", "--time", "0", "silent")


def test_without_a_token_it_says_what_is_missing(podman, image):
    done = podman.run("run", "--rm", "--network", "none", image)
    assert done.returncode == 1
    assert "server.token" in done.stderr


def test_stops_when_told(podman, parlor):
    """The last one: the others want it running."""
    podman("stop", "--time", "20", parlor)
    state = json.loads(podman("inspect", parlor))[0]["State"]
    assert state["ExitCode"] == 0
    assert podman("logs", parlor).splitlines()[-1] == "Stopping."
