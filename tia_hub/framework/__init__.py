"""The workforce framework's editions as data, and the pages that let one read them."""
