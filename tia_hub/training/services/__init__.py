"""What a user can do in the room `training`, a module for each journey."""
