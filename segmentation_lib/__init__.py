"""A reproducible customer segmentation template that can say no."""

from segmentation_lib.quarter import open_quarter

__all__ = ["open_quarter"]
