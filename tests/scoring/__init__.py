"""Tests of scoring between quarters."""
