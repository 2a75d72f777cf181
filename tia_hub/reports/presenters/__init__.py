"""What the pages and files of the room `reports` need, already worded."""
