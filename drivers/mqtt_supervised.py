"""What every MQTT link of ours does alike: it tries again with growing pauses, and its parts run until the first of them ends."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn

import aiomqtt

from drivers.ending import end_if_told

log = logging.getLogger(__name__)

BACKOFF_S_MIN, BACKOFF_S_MAX = 0.2, 5.0

Part = Coroutine[Any, Any, None]


async def keep_linked(
    where: str, serve: Callable[[], Part], connections: Callable[[], int], dice: random.Random, failed: Callable[[], None] = lambda: None
) -> NoReturn:
    """Serves again and again. `connections`: how many there were; one more means that this attempt got through, and pauses begin anew.

    Why there is no link is told once a reason.
    """
    backoff_s, told = BACKOFF_S_MIN, ""
    while True:
        before = connections()
        try:
            await serve()
        except aiomqtt.MqttError as error:
            why = str(error)
        else:
            why = "it ended"
        end_if_told()
        failed()
        if connections() > before:
            backoff_s, told = BACKOFF_S_MIN, ""
        if why != told:
            log.warning("%s: no link, %s", where, why)
            told = why
        await asyncio.sleep(backoff_s * dice.uniform(0.5, 1.0))
        backoff_s = min(BACKOFF_S_MAX, backoff_s * 2)


async def subscribe(client: aiomqtt.Client, subscriptions: Sequence[tuple[str, int]]) -> None:
    """Raises MqttError when the broker refuses one. Granted does not mean allowed: an access list drops what it denies in silence."""
    if not subscriptions:
        return  # a lane without trucks
    granted = await client.subscribe(list(subscriptions))
    refused = [code for code in granted if (code if isinstance(code, int) else code.value) >= 0x80]
    if refused:
        raise aiomqtt.MqttError(f"{len(refused)} subscriptions were refused")


async def side_by_side(*parts: Part, at_end: Callable[[], None] = lambda: None) -> None:
    """Until the first part ends, whose error is raised; the others are cancelled. `at_end` comes between."""
    carriers = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(carriers, return_when=asyncio.FIRST_COMPLETED)
        at_end()
        for carrier in done:
            carrier.result()
    finally:
        for carrier in carriers:
            carrier.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
