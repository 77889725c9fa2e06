"""Experiments: design, assignment, read-out."""
