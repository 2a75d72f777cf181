"""The Celery application and its schedule."""
