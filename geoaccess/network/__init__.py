"""Tables to arrays to route on."""
