"""Network and traveller to time."""
