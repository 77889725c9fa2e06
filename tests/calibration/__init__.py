"""Measured error rates: how often this template is wrong, on data whose truth is known."""
