"""Which models of the manifest a configuration names."""

from __future__ import annotations

from app.hub.manifest import Manifest, Model
from app.settings import Config


def wanted(config: Config, manifest: Manifest) -> tuple[Model, ...]:
    """The models of `manifest` among those, each once; other paths belong to the user."""
    owners = (manifest.owner(setting) for setting in named(config))
    return tuple(dict.fromkeys(model for model in owners if model))


def named(config: Config) -> tuple[str, ...]:
    """What `stt.model`, `llm.model` and `tts.voices` name on this machine, and those of further tries."""
    ears = (one.model for one in config.stt.order() if not one.url)  # elsewhere it is a server's name of one
    brains = (one.model for one in config.llm.order() if not one.url)
    return (*ears, *brains, *(voice for one in config.tts.order() for voice in one.voices))
