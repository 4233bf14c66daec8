"""How well the hotline understands in noise and over bad lines: a grid of conditions, each at several strengths."""
