"""Tables of the room `audits`."""
