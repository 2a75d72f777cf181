"""The registry of training providers and courses, and the five selection questions."""
