"""Tables of the room `outcomes`."""
