"""Which models of the manifest a configuration names."""

from __future__ import annotations

from app.hub.manifest import Manifest, Model
from app.settings import Config


def wanted(config: Config, manifest: Manifest) -> tuple[Model, ...]:
    """The models that `stt.model`, `llm.model` and `tts.voices` name, and those of further tries, each once.

    Other paths belong to the user.
    """
    engines = (*(one.model for one in config.stt.order()), *(one.model for one in config.llm.order()))
    settings = (*engines, *(voice for one in config.tts.order() for voice in one.voices))
    owners = (manifest.owner(setting) for setting in settings)
    return tuple(dict.fromkeys(model for model in owners if model))
