"""Tests of the voice of the customer."""
