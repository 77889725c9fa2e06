"""Tests of the whole house: real runs, from raw orders to a published report."""
