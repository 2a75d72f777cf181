"""Jobs: the database remembers, Celery runs, the broker rings the bell."""
