"""Traps planted for privacy: each must be caught."""
