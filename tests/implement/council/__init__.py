"""Tests of the room `council`."""
