"""The measurement of echo cancellation."""

import argparse

import pytest

from app.bench.commands import echo as command
from app.bench.echo import Found, figures, measure
from app.client import echo
from app.errors import SetupError
from tests.conftest import configured


def test_figures_by_level():
    found = {(-6.0, 50): Found([30.0, 50.0], 1, [32, 700]), (-6.0, 300): Found([40.0, 20.0], 0, [-1, 64])}
    told = [(f.value, f.of, f.met) for f in figures(found)]
    assert told == [(35.0, 4, True), (25.0, 4, False), (50.0, 4, False), (64.0, 3, True), (700.0, 3, True)]


def test_who_is_never_heard_is_not_the_quickest():
    told = list(figures({(-6.0, 50): Found([30.0], 0, []), (-6.0, 300): Found([30.0], 0, [-1])}))
    assert [(f.value, f.of) for f in told] == [(30.0, 2), (0.0, 2), (0.0, 1)]
    assert next(f for f in figures({(-6.0, 50): Found([30.0], 0, [])}) if "callers heard" in f.name).value == 0


@pytest.mark.engine
async def test_one_reply_in_one_room():
    ((room, found),) = (await measure(configured(), 20, 1, [(-20.0, 50)])).items()
    assert room == (-20.0, 50)
    assert found.erle_db[0] > 25
    assert not found.onsets


async def test_without_its_package_it_is_named(monkeypatch):
    monkeypatch.setattr("app.bench.echo.canceller", lambda: None)
    with pytest.raises(SetupError, match="no echo canceller") as caught:
        await measure(configured(), 20, 1)
    assert echo.PACKAGE in caught.value.fix


@pytest.mark.parametrize(("as_json", "line"), [([], "echo at -6 dB: left out"), (["--json"], '{"name": "echo at')])
def test_the_command(monkeypatch, capsys, as_json, line):
    async def measured(config, seed, count):
        assert count == 3
        return {(-6.0, 50): Found([30.0], 0, [32]), (-12.0, 50): Found([30.0], 0, [-1])}

    monkeypatch.setattr("app.bench.echo.measure", measured)
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(), argparse.ArgumentParser(add_help=False))
    assert command.run(configured(), parser.parse_args(["echo", "--count", "3", *as_json])) == 1
    assert capsys.readouterr().out.startswith(line)
