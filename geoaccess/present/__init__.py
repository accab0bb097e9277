"""Measures to maps and papers."""
