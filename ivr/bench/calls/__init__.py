"""The call bench: whole scripted calls in real time, from a second process, against a running hotline."""
