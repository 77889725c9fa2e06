"""Tests: they mirror the library, and tests/spine runs the whole house."""
