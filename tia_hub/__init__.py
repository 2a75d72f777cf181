"""TIA Hub: a region's partners becoming trauma-informed together."""
