"""Practice audits: ratings, journeys and evidence against the framework's criteria."""
