"""Transport orders and clearances: what is to be carried over the lane, and what both authorities say of it. Pure.

Times here are seconds since 1970 in UTC, for orders speak of times of day. Who knows the clock passes them in; nothing here reads one.
"""
