"""A controller in virtual time: the production rules, sessions, outbox, recorder and restart on the simulator's bench.

What is replaced is only what waits for the world: the event loop, the serial device, the MQTT client, the journal's thread.
"""
