"""Tests of what keeps data where they belong."""
