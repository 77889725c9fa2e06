"""Tests of the first stage."""
