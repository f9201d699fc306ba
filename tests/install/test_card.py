"""The cards, asked of a driver."""

import ctypes

import pytest

from app.install.card import cards, idle_card, on_the_bus, why_no_card


def test_a_card_is_described(driver):
    driver()
    (card,) = cards()
    assert (card.name, card.memory_mb, card.compute, card.cuda) == ("NVIDIA GeForce RTX 3060", 12_288, "8.6", (13, 0))


def test_a_driver_that_fails_shows_none(driver):
    driver(fault=999)
    assert cards() == ()


def test_without_a_driver_there_are_none(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert cards() == ()


@pytest.mark.parametrize(
    ("vendor", "kind", "there"),
    [("0x10de", "0x030000", True), ("0x10de", "0x040300", False), ("0x8086", "0x030000", False)],
)
def test_a_card_without_a_driver_is_on_the_bus(tmp_path, vendor, kind, there):
    device = tmp_path / "0000:01:00.0"
    device.mkdir()
    (device / "vendor").write_text(f"{vendor}\n")
    (device / "class").write_text(f"{kind}\n")
    (tmp_path / "empty").mkdir()
    assert on_the_bus(tmp_path) == there


def test_why_there_is_no_card_is_said(monkeypatch, driver):
    monkeypatch.setattr("app.install.card.on_the_bus", lambda: False)
    assert "no NVIDIA card" in why_no_card()
    monkeypatch.setattr("app.install.card.on_the_bus", lambda: True)
    driver()
    assert "does not answer" in why_no_card()

    def missing(name):
        raise OSError(name)

    monkeypatch.setattr("app.install.card.ctypes.CDLL", missing)
    assert "no driver" in why_no_card()


def test_a_card_is_idle_when_it_is_there(monkeypatch, driver):
    monkeypatch.setattr("app.install.card.cards", tuple)
    monkeypatch.setattr("app.install.card.on_the_bus", lambda: False)
    assert not idle_card()
    monkeypatch.setattr("app.install.card.on_the_bus", lambda: True)
    assert "NVIDIA card" in idle_card()
    monkeypatch.undo()
    driver()
    assert "RTX 3060" in idle_card()
