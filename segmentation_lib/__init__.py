"""A reproducible customer segmentation template that can say no."""
