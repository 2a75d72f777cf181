"""What the first page of each place says, a module for each kind of place."""
