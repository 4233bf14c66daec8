"""A Russian voice hotline for holders of a loyalty card: hears numbers, dates and words offline, and solves it."""
