"""Tests of the room `migration`."""
