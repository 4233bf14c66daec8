"""The dialogue as a pure state machine: standard library only, no I/O, no clock, no randomness.

``advance(book, state, event)`` returns the next state and the commands that the world has to carry out.
Everything that happens outside (speech, keys, actions, time) arrives as an event.
"""
