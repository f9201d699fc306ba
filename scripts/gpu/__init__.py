"""Measures a card on models of real sizes that are made on the spot."""
