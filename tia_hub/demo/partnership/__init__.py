"""The sample partnership: fictional organisations and people that show the product at work."""
