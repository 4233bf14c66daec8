"""Hearing and speaking: recognizers behind one protocol, the end of a caller's turn, and the local synthesizer."""
