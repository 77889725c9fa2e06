"""Tests of the room `hypotheses`."""
