"""How much the hotline can do on this machine: webhooks a second and calls heard at once, measured from outside.

The load comes from a second process, over real sockets, and never shares the measured server's interpreter.
"""
