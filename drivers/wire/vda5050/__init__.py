"""VDA 5050 2.1.0 on the wire: one codec for the master control and for the simulated vehicle.

`messages` and `factsheet` are the structs, `codec` turns them into bytes and back, `topics` says where they go, `order_rules` what
an order must obey. The official schemas lie beside, for tests.
"""
