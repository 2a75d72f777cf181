"""Tables of the room `reports`."""
