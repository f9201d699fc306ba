"""Models from a hub, or from any web server, over HTTP. Proxies and the token are huggingface_hub's business."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import httpx2
from huggingface_hub import constants, get_hf_file_metadata, get_session, hf_hub_url, hf_raise_for_status
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils._headers import build_hf_headers

from app import __version__
from app.errors import SetupError
from app.hub.fetch import InterruptedDownloadError
from app.hub.manifest import Model, ModelFile
from app.hub.offer import Offer

_AGENT = {"user-agent": f"parlor/{__version__}"}
"""In place of the library's, which tells of the machine."""
_PASSING = {408, 429, 500, 502, 503, 504}
_RANGE_NOT_SATISFIABLE = 416
_OTHER_WAYS = (
    "name another hub with --hub URL, take the files from a folder or USB stick with --from FOLDER, "
    "or install from a bundle (`parlor bundle` on a machine with a network)"
)


class Remote:
    """A hub; models that are in none come from their own address."""

    def __init__(self, hub: str | None = None) -> None:
        self.name = (hub or constants.ENDPOINT).rstrip("/")
        self._commits: dict[str, str] = {}

    def look(self, model: Model, file: ModelFile) -> Offer:
        """What the hub has of `file`; all files of a model are taken from the commit of the first.

        Raises `SetupError`: no network, no such repository, revision or file, or it asks for a permission.
        """
        revision = self._commits.get(model.name, model.revision)
        url = f"{model.url.rstrip('/')}/{quote(file.path)}"
        if model.repo:
            url = hf_hub_url(model.repo, file.path, revision=revision, endpoint=self.name)
        with _told(self._host(url), url):
            found = get_hf_file_metadata(url, token=self._token(url), headers=_AGENT, endpoint=self.name)
        if not model.repo:  # the ETag of a web server is no hash
            return Offer(url, model.url, model.revision, found.size or 0)
        if found.commit_hash:
            revision = self._commits.setdefault(model.name, found.commit_hash)
        return Offer(url, f"{self.name}/{model.repo}", revision, found.size or 0, found.etag or "")

    @contextmanager
    def read(self, offer: Offer, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The bytes of `offer` from `start` on; from 0 when the server knows no ranges."""
        headers = build_hf_headers(token=self._token(offer.place), headers=_AGENT)
        headers["accept-encoding"] = "identity"  # ranges are those of the file itself
        if start:
            headers["range"] = f"bytes={start}-"
        timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
        try:
            with get_session().stream("GET", offer.place, headers=headers, timeout=timeout) as response:
                if response.status_code == _RANGE_NOT_SATISFIABLE:
                    yield start, iter(())
                    return
                if response.status_code in _PASSING:
                    raise InterruptedDownloadError(f"the server answers {response.status_code}")
                with _told(self._host(offer.place), offer.place):
                    hf_raise_for_status(response)
                yield (start if response.status_code == httpx2.codes.PARTIAL_CONTENT else 0), response.iter_bytes()
        except httpx2.RequestError as error:
            raise InterruptedDownloadError(_reason(error)) from error

    def _host(self, url: str) -> str:
        parts = urlsplit(url)
        return self.name if self._is_hub(url) else f"{parts.scheme}://{parts.netloc}"

    def _token(self, url: str) -> bool | None:
        """None lets the library find the token; nobody but the hub gets it."""
        return None if self._is_hub(url) else False

    def _is_hub(self, url: str) -> bool:
        return url.startswith(f"{self.name}/")


_BAD_TOKEN = "Invalid credentials"


@contextmanager
def _told(host: str, url: str) -> Iterator[None]:
    """What `host` answers in place of `url`, in words."""
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise SetupError(
            "HF_HUB_OFFLINE is set, so nothing may be fetched", fix=f"Unset it, or {_OTHER_WAYS}."
        ) from error
    except HfHubHTTPError as error:
        raise _answer(error, host, url) from error
    except (ImportError, ValueError, httpx2.InvalidURL) as error:  # httpx2's, of socks5://, socks:// and host:80x
        raise SetupError(
            f"the proxy that the environment names cannot be used ({error})",
            fix="Name an HTTP proxy: HTTPS_PROXY=http://..., and unset ALL_PROXY.",
        ) from error
    except httpx2.RequestError as error:
        reason, ways = _reason(error), "HTTPS_PROXY and HTTP_PROXY name a proxy"
        if "CERTIFICATE" in reason:
            ways = f"SSL_CERT_FILE names the certificates of a proxy that reads along, {ways}"
        raise SetupError(
            f"{host} cannot be reached ({reason})", fix=f"Check the network ({ways}), {_OTHER_WAYS}."
        ) from error
    except OSError as error:  # of certificates, before anything is sent
        raise SetupError(
            f"the certificates of this machine cannot be read ({error})", fix="Correct or unset SSL_CERT_FILE."
        ) from error


def _answer(error: HfHubHTTPError, host: str, url: str) -> SetupError:
    status = error.response.status_code
    manifest = "Update Parlor, or correct models/manifest.toml."
    if isinstance(error, GatedRepoError):
        return SetupError(
            f"{url} is only for those who accepted the publisher's terms",
            fix=f"Accept them at {url.partition('/resolve/')[0]} and put HF_TOKEN=your-token before this command.",
        )
    if isinstance(error, RevisionNotFoundError):
        return SetupError(f"{url}: there is no such revision on {host}", fix=manifest)
    if isinstance(error, RemoteEntryNotFoundError):
        return SetupError(f"{url}: the repository on {host} has no such file", fix=manifest)
    if error.response.headers.get("X-Error-Message", "").startswith(_BAD_TOKEN):  # also for what anybody may have
        return SetupError(
            f"{host} does not know the token of this machine, which may have expired",
            fix="Unset HF_TOKEN, delete ~/.cache/huggingface/token, or log in anew.",
        )
    if isinstance(error, RepositoryNotFoundError) or status == httpx2.codes.UNAUTHORIZED:
        return SetupError(
            f"{url}: there is no such repository on {host}, or it is private",
            fix="Correct models/manifest.toml or --hub; for a private one put HF_TOKEN=your-token before this command.",
        )
    if status == httpx2.codes.FORBIDDEN:
        return SetupError(
            f"{url}: it is forbidden, by {host} or by a filter on the way there",
            fix=f"Accept the publisher's terms and name HF_TOKEN if it has any, or {_OTHER_WAYS}.",
        )
    if status == httpx2.codes.NOT_FOUND:
        return SetupError(f"{url}: {host} has no such file", fix=manifest)
    return SetupError(f"{url}: {host} answers {status}", fix=f"Try again later, or {_OTHER_WAYS}.")


def _reason(error: httpx2.RequestError) -> str:
    kind = "the proxy: " if isinstance(error, httpx2.ProxyError) else ""
    return kind + (str(error) or type(error).__name__)
