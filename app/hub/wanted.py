"""Which models of the manifest a configuration names."""

from __future__ import annotations

from app.hub.manifest import Manifest, Model
from app.settings import Config


def wanted(config: Config, manifest: Manifest) -> tuple[Model, ...]:
    """The models that `stt.model`, `llm.model` and `tts.voices` name, each once; other paths belong to the user."""
    settings = (config.stt.model, config.llm.model, *config.tts.voices)
    owners = (manifest.owner(setting) for setting in settings)
    return tuple(dict.fromkeys(model for model in owners if model))
