"""Settings: every layer in its order, every fault with its place, every key in the defaults."""

import ast
import tomllib

import pytest
from pydantic import BaseModel, ValidationError

from app import config, settings
from app.config import ROOT, load
from app.errors import SetupError

DEFAULTS = tomllib.loads((ROOT / "config" / "default.toml").read_text("utf-8"))
# Fields whose names say everything.
PLAIN = {
    "host", "allowed_hosts", "allowed_origins", "tls_cert", "tls_key", "engine", "limit_s", "device", "window_s",
    "overlap_s", "queue", "threads", "top_p", "stop", "workers", "prompt", "speed", "server", "session", "vad", "stt",
    "llm", "tts", "warm", "profile",
}  # fmt: skip


def faults(name=None, env=None, overrides=()):
    """The lines of the error."""
    with pytest.raises(SetupError) as caught:
        load(name, env or {}, overrides)
    first, *lines = caught.value.message.split("\n")
    assert first == "the configuration has faults:"
    assert all(line.startswith("  - ") for line in lines)
    return [line.removeprefix("  - ") for line in lines]


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def test_the_defaults_are_the_file():
    assert load(None, {}, ()).model_dump(mode="json") == DEFAULTS


@pytest.mark.parametrize("name", sorted(p.stem for p in (ROOT / "config").glob("*.toml")))
def test_named_profiles_load(name):
    chosen = load(name, {}, ()).model_dump(mode="json")
    for section, values in tomllib.loads((ROOT / "config" / f"{name}.toml").read_text("utf-8")).items():
        assert chosen[section] == DEFAULTS[section] | values


def test_each_layer_goes_before_the_one_under_it(file):
    path = file("[server]\nhost = 'file'\nport = 1\ntoken = 'file'\n")
    env = {"PARLOR_SERVER__PORT": "2", "PARLOR_SERVER__TOKEN": "env", "PARLOR_HOME": "not ours", "SERVER__PORT": "9"}
    server = load(path, env, ["server.token=set=it"]).server
    assert (server.host, server.port, server.token) == ("file", 2, "set=it")
    assert server.allowed_hosts == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [("[]", ()), ('["a", "b"]', ("a", "b"))],
)
def test_a_flag_takes_toml(text, value):
    assert load(None, {}, [f"server.allowed_hosts={text}"]).server.allowed_hosts == value


@pytest.mark.parametrize("text", ["", "a b", "s3cret", "123456", '"12"'])
def test_a_flag_takes_bare_words(text):
    assert load(None, {}, [f"server.token={text}"]).server.token == text.strip('"')


def test_a_new_profile_stands_beside_the_others(file):
    chosen = load(file("[profile.bar]\nprompt = 'x'\nspeed = 1\n"), {}, ())
    assert chosen.profile.keys() == {*DEFAULTS["profile"], "bar"}


@pytest.mark.parametrize(("config", "profile"), [(None, "default"), ("kiosk", "kiosk"), ("classroom", "tutor")])
def test_who_names_no_profile_gets_the_one_that_is_meant(config, profile):
    assert load(config, {}, ()).session.profile == profile


def test_a_profile_that_is_not_there_is_named():
    assert faults(overrides=["session.profile=bar"]) == [
        "session.profile: there is no [profile.bar]; use one of default, kiosk, tutor [--set session.profile]"
    ]


def test_every_fault_of_every_layer_is_listed_with_its_source(file):
    path = file("[server]\nport = -1\nprot = 1\n[nonsense]\n[profile.x]\nprompt = 'x'\n")
    env = {"PARLOR_STT__BEAM_SIZE": "many", "PARLOR_STT__": "1", "PARLOR_NO__WHERE": "1"}
    found = faults(path, env, ["vad.threshold=2", "port=1", "loose", "llm.stop=[3]"])
    assert set(found) == {
        f"server.port: Input should be greater than or equal to 0 (got -1) [{path}]",
        f"server.prot: is not a setting [{path}]",
        f"nonsense: is not a setting [{path}]",
        f"profile.x.speed: Field required [{path}]",
        "stt.beam_size: Input should be a valid integer, unable to parse string as an integer (got 'many') "
        "[environment PARLOR_STT__BEAM_SIZE]",
        "environment PARLOR_STT__: PARLOR_STT__ names no setting; write section.key",
        "no: is not a setting [environment PARLOR_NO__WHERE]",
        "vad.threshold: Input should be less than or equal to 1 (got '2') [--set vad.threshold]",
        "--set port: port names no setting; write section.key",
        "--set loose: write --set section.key=value",
        "llm.stop.0: Input should be a valid string (got 3) [--set llm.stop]",
    }
    assert len(found) == 11


@pytest.mark.parametrize(
    ("override", "fault"),
    [
        ("server.port=65536", "less than or equal to 65535"),
        ("session.max_sessions=0", "greater than or equal to 1"),
        ("session.idle_s=0", "greater than 0"),
        ("session.idle_s=inf", "finite number"),
        ("llm.temperature=nan", "finite number"),
        ("stt.beam_size=1.5", "valid integer"),
        ("stt.device=tpu", "'auto', 'cpu' or 'cuda'"),
        ("tts.voices=[]", "at least 1 item"),
        ("server={}", "names no setting"),
        ("profile.kiosk.fillers={}", "as in profile.kiosk.fillers.en=[]"),
        ("server.=1", "names no setting"),
        ("llm.stop.x=1", "write a list"),
    ],
)
def test_what_is_out_of_range_is_refused(override, fault):
    (found,) = faults(overrides=[override])
    assert fault in found
    assert "--set " in found


def test_a_section_that_is_a_number_is_blamed_on_its_file(file):
    path = file("server = 3\n")
    assert faults(path) == [f"server: Input should be a valid dictionary or instance of Server (got 3) [{path}]"]


def test_a_missing_setting_is_named(tmp_path, monkeypatch):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "default.toml").write_text("[warm]\n", "utf-8")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    found = faults()
    assert "server: Field required" in found
    assert f"warm.idle_s: Field required [{tmp_path / 'config' / 'default.toml'}]" in found


@pytest.mark.parametrize("content", [b"[server", b"a = \xff"])
def test_a_file_that_is_no_toml_is_a_fault(tmp_path, content):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    (fault,) = faults(str(path))
    assert fault.startswith(f"{path}: is not TOML (")


def test_an_unreadable_file_is_a_fault_beside_others(tmp_path):
    assert faults(str(tmp_path), {}, ["loose"]) == [
        f"{tmp_path}: cannot be read (Is a directory)",
        "--set loose: write --set section.key=value",
    ]
    names = "classroom, cpu, default, kiosk, rtx3060, starter-tr"
    assert faults("no-such") == [f"no-such: cannot be read (No such file or directory); names are {names}"]


def test_later_files_add_to_earlier_ones(tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[profile.kiosk]\nprompt = "You are at Bella\'s."\n')
    config, kiosk = load(["kiosk", str(own)], {}, ()), load("kiosk", {}, ())
    assert config.profile["kiosk"].prompt == "You are at Bella's."
    assert (config.stt, config.session) == (kiosk.stt, kiosk.session)


def test_a_variable_with_one_underscore_is_a_fault():
    env = {"PARLOR_SERVER_PORT": "1", "PARLOR_TOKEN": "x", "PARLOR_ACCEL": "cpu", "PARLOR_SERVER": "x"}
    assert faults(None, env) == ["environment PARLOR_SERVER_PORT: write PARLOR_SERVER__PORT"]


def test_settings_are_frozen():
    with pytest.raises(ValidationError):
        load(None, {}, ()).server.port = 1


def keys(model):
    """Every dotted key of a model."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from (f"{name}.{key}" for key in keys(inner))
        else:
            yield name


def test_the_defaults_name_every_setting_and_no_other():
    profiles = DEFAULTS["profile"].values()
    assert all(set(profile) == set(keys(settings.Profile)) for profile in profiles)
    named = {f"{section}.{key}" for section, values in DEFAULTS.items() if section != "profile" for key in values}
    assert named | {"profile"} == set(keys(settings.Config))


def test_every_setting_is_explained():
    tree = ast.parse((ROOT / "app" / "settings.py").read_text("utf-8"))
    for section in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        assert ast.get_docstring(section), section.name
        for field, after in zip(section.body, [*section.body[1:], None], strict=True):
            if isinstance(field, ast.AnnAssign):
                explained = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                assert explained or field.target.id in PLAIN, f"{section.name}.{field.target.id}"


def test_further_tries_are_the_same_but_for_what_they_name():
    stt = load(None, {}, ['stt.fallback=[{device = "cpu", beam_size = 1}, {model = "small"}]']).stt
    first, second, third = stt.order()
    assert first == stt.model_copy(update={"fallback": ()})
    assert second == first.model_copy(update={"device": "cpu", "beam_size": 1})
    assert third == first.model_copy(update={"model": "small"})


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('{device = "tpu"}', "try 2: device: Input should be 'auto', 'cpu' or 'cuda'"),
        ("{colour = 1}", "try 2: colour: is not a setting"),
        (
            "{threads = -1, prompt_chunk = 0}",
            "try 2: threads: Input should be greater than or equal to 0; try 2: prompt_chunk: ",
        ),
        ("{first_token_s = 90}", "try 2: first_token_s: holds for every try: set it outside fallback"),
        ("{fallback = []}", "try 2: fallback: is not a setting"),
        ("3", "valid dictionary"),
    ],
)
def test_a_faulty_try_is_found_before_the_start(table, fault):
    (found,) = faults(overrides=[f"llm.fallback=[{{}}, {table}]"])
    assert fault in found
    assert "[--set llm.fallback]" in found


def test_what_a_profile_says_where_an_answer_is_late():
    said = "fillers={en = ['One.', 'Two.'], tr = ['Bir.']}", "phrases={en = ['Two.', 'Three.']}"
    overrides = ["profile.new.prompt=x", "profile.new.speed=1", *(f"profile.new.{text}" for text in said)]
    kiosk = load(None, {}, overrides).profile["new"]
    assert [kiosk.filler("en-GB", n) for n in range(3)] == ["One.", "Two.", "One."]
    assert kiosk.filler("fr", 0) is None
    assert kiosk.spoken_ahead() == (("en", "One."), ("en", "Two."), ("tr", "Bir."), ("en", "Three."))


def test_the_language_of_a_filler_is_a_code():
    (found,) = faults(overrides=["profile.kiosk.fillers={English = ['One.']}"])
    assert "String should match pattern" in found


@pytest.mark.parametrize("name", ["rtx3060", "classroom", "cpu", "kiosk"])
def test_a_real_model_on_the_processor_gets_its_cores(name):
    """One thread is for the starter brain: a real one would be given up before its first word."""
    slow = [each for each in load(name, {}, ()).llm.order() if each.device != "cuda"]
    assert [each.threads for each in slow] == [0] * len(slow)


@pytest.mark.parametrize(
    "url", ["", "http://gpu-box:8080/v1", "https://gpu.lan", "http://10.0.0.7:1/v1/", "http://[fe80::1]:80/v1"]
)
def test_an_address_of_a_server(url):
    assert load(None, {}, [f"llm.url={url}"]).llm.url == url


@pytest.mark.parametrize(
    "url",
    [
        "gpu-box",
        "ftp://gpu-box",
        "http://",
        "http://a b",
        "http://me:secret@gpu-box",
        "http://gpu-box:port/v1",
        "http://a?b",
    ],
)
def test_what_is_no_address_of_a_server(url):
    (found,) = faults(overrides=[f"llm.url={url}"])
    assert found.startswith("llm.url: ")


def test_a_key_is_of_one_server_and_of_one_line():
    tables = '[{url="http://b/v1"}, {url="http://c/v1", key="other"}, {model="m"}]'
    order = load(None, {}, ["llm.url=http://a/v1", "llm.key=secret", f"llm.fallback={tables}"]).llm.order()
    assert [(one.url[7], one.key) for one in order] == [("a", "secret"), ("b", ""), ("c", "other"), ("a", "secret")]
    assert "llm.key" in faults(overrides=["llm.key=two words"])[0]
