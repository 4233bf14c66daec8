"""Models made elsewhere: fetched, checked, and seen through a view that fits them to telephone audio."""
