"""Time to measures."""
