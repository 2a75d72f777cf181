"""What the coordinator, providers and organisations can do in the registry."""
