"""The case: what an operator sees of a call, and what an operator does to it."""
