"""Jobs of the room `reports`."""
