"""What somebody can do about data on people."""
