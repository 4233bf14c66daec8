"""The cabinet's pages: they work without scripts, and every address is free of personal data."""
