"""What can be done with an organisation as a whole, a module for each journey."""
