"""What a user can do in the room `reports`, a module for each journey."""
