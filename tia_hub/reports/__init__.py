"""Publications, the partnership report and its schedules."""
