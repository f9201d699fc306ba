"""Asks the servers that do an engine's work which models they have."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from app.doctor.rules.remotes import RemoteFacts
from app.settings import Config

ASK_LIMIT_S = 2.0
MOST_BYTES = 1 << 20


def read_remotes(config: Config) -> tuple[RemoteFacts, ...]:
    """Each server that `config` names, further tries included; a model at a server once."""
    tries = [("stt", one.url, one.key, one.model) for one in config.stt.order()]
    tries += [("llm", one.url, one.key, one.model) for one in config.llm.order()]
    return tuple(_read(*one) for one in dict.fromkeys(tries) if one[1])


def _read(engine: str, url: str, key: str, model: str) -> RemoteFacts:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = Request(f"{url.rstrip('/')}/models", headers=headers)
    try:
        with build_opener(ProxyHandler({}), _Stays).open(request, timeout=ASK_LIMIT_S) as response:
            told = json.loads(response.read(MOST_BYTES))
    except HTTPError as error:
        return RemoteFacts(engine, url, model, status=error.code)
    except (OSError, http.client.HTTPException, OverflowError) as error:  # the last of a port above 65,535
        return RemoteFacts(engine, url, model, fault=str(getattr(error, "reason", error)))
    except ValueError:
        return RemoteFacts(engine, url, model, fault="its list of models is no JSON")
    return RemoteFacts(engine, url, model, models=tuple(_names(told)))


class _Stays(HTTPRedirectHandler):
    """Follows no redirect: the key is for this server alone."""

    def redirect_request(self, *_: object) -> None:
        """None: the answer is the redirect itself."""


def _names(told: object) -> Iterator[str]:
    listed = told.get("data") if isinstance(told, dict) else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and isinstance(each.get("id"), str):
            yield each["id"]
