"""Scenarios: what happens to a simulated lane, and what is expected of it then. Read from TOML, played in virtual time, told as JUnit."""
