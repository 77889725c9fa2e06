"""Tests of the ground floor: pure numbers."""
