"""Ending a task that a library keeps from ending.

aiomqtt waits with `asyncio.wait_for`, which in Python 3.11 can drop a cancellation that comes together with the answer, and its
farewell to a broker that does not listen turns one into an MqttError. Who supervises such a link asks here whether it was told to end.
"""

import asyncio


def told_to_end() -> bool:
    """The task that asks has been cancelled, whether or not the CancelledError ever reached it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def end_if_told() -> None:
    """Raises CancelledError when the task that calls was cancelled and has not heard of it."""
    if told_to_end():
        raise asyncio.CancelledError
