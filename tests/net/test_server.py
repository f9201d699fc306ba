"""Where the server listens: a certificate that is renewed while it runs, and what is told of faults."""

import asyncio
import shutil
import ssl
import subprocess

import pytest

from app.errors import SetupError
from app.net import server
from app.net.access import Access
from app.net.api import Api
from tests.conftest import configured


def make_certificate(folder, name):
    """A certificate of its own and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run([*command, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


async def shown(url):
    """The certificate that the server shows, as PEM."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host, _, port = url.removeprefix("https://").rpartition(":")
    _, writer = await asyncio.open_connection(host, int(port), ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    await writer.wait_closed()
    return ssl.DER_cert_to_PEM_cert(der)


async def until(condition):
    async with asyncio.timeout(5):
        while not await condition():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.02)


@pytest.fixture
def certificates(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing")
    return [make_certificate(tmp_path, name) for name in ("old", "new")]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (("server.tls_key=a.key",), "tls_key is set without"),
        (("server.tls_cert=no.pem",), "no.pem"),
        (("server.host=no.such.host.invalid",), "cannot listen on"),
    ],
)
async def test_faults_of_the_address_are_told(settings, fault):
    with pytest.raises(SetupError, match=fault) as raised:
        async with server.listening(Api(Access(configured().server)), configured(*settings).server):
            pass
    assert "port" not in raised.value.fix


async def test_a_renewed_certificate_is_used_and_a_faulty_one_is_not(certificates, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(server, "RENEW_S", 0.05)
    (old_cert, old_key), (new_cert, new_key) = certificates
    cert, key = (shutil.copy(path, tmp_path / name) for path, name in ((old_cert, "cert"), (old_key, "key")))
    config = configured(f"server.tls_cert={cert}", f"server.tls_key={key}")

    async def refused():
        return "the one in use stays" in caplog.text

    async def renewed():
        return await shown(url) == new_cert.read_text()

    async with server.listening(Api(Access(config.server)), config.server) as url:
        assert await shown(url) == old_cert.read_text()
        shutil.copy(new_cert, cert)  # its key is still to come
        await until(refused)
        assert await shown(url) == old_cert.read_text()
        shutil.copy(new_key, key)
        await until(renewed)
