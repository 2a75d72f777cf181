"""Level finder and self-assessments of training needs."""
