"""A plain listener that keeps every message between controller and trucks, as anybody could."""

import threading
from types import TracebackType

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from drivers.wire.vda5050.topics import Publish

WITHIN_S = 20.0
INTERFACE = "uagv"  # as the site names it; the embedded broker also proves itself, on a topic of its own


class MqttRecord:
    def __init__(self, port: int) -> None:
        self.messages: list[Publish] = []
        self._port = port
        self._subscribed = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="record")
        self._client.on_connect = lambda client, *_: client.subscribe(f"{INTERFACE}/#", 1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._keep

    def __enter__(self) -> "MqttRecord":
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        assert self._subscribed.wait(WITHIN_S), "the broker does not let a plain listener subscribe"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._client.loop_stop()
        self._client.disconnect()

    def _keep(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.messages.append(Publish(message.topic, bytes(message.payload), message.qos, message.retain))
