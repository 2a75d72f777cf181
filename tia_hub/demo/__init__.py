"""The embedded services, the supervisor and the sample partnership."""
