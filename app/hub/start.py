"""What the start asks of the models: that those named are here, and are what was installed. Reads local files only."""

from __future__ import annotations

from app.config import ROOT
from app.errors import SetupError
from app.hub.plan import amount
from app.hub.store import State, Store
from app.hub.wanted import named, wanted
from app.settings import Config


def check_models(config: Config, store: Store | None = None) -> None:
    """Check every model of the manifest that `config` names; of the user's own files only that they are there.

    Raises `SetupError` for one that is missing, incomplete, or not what the lock recorded.
    """
    store = store or Store()
    if not (store.root / "manifest.toml").is_file():  # a volume mounted over models/: then nothing there is ours
        return
    faults, lacking, manifest = [], [], store.manifest()
    lost = [path for path in named(config) if not manifest.owner(path) and not (ROOT / path).exists()]
    if lost:
        fix = "Correct stt.model, llm.model, tts.voices, or their fallback; relative paths begin at Parlor's folder."
        raise SetupError(f"there is no {', nor '.join(lost)}", fix=fix)
    for model in wanted(config, manifest):
        state = store.state(model)
        if state is not State.INSTALLED:
            faults.append(
                f"{model.name}, which is {'not installed' if state is State.MISSING else 'here only in part'}"
            )
        elif changed := store.check(model):
            faults.append(f"{model.name}, which is not what was installed: {'; '.join(changed)}")
        else:
            continue
        lacking.append(model)
    if faults:
        size = amount(sum(model.size for model in lacking))
        raise SetupError(
            f"the configuration names {', and '.join(faults)} ({size} at most to fetch)",
            fix=f"parlor models download {' '.join(model.name for model in lacking)}",
        )
