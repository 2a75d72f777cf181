"""Tables of the room `training`."""
