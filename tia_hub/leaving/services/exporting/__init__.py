"""Taking an organisation out as a whole: writing its archive, and keeping the one that its leads asked for."""
