"""The operators' page: a process of its own, so that browsers never cost the control loop a tick."""
