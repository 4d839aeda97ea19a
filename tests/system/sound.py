"""What every run must have held to, whatever was done to it: the world unharmed, the journal whole, the same decisions again."""

from collections.abc import Set

from tests.system.lanectl_commands import lanectl
from tests.system.mqtt_record import MqttRecord
from tests.system.running_lane import RunningLane
from tests.vda5050_schemas import faults_of


def assert_sound(lane: RunningLane) -> None:
    """Judged on the simulated world itself, not on what the controller believes; then every program ends, and the journal speaks."""
    broken = lane.truth()["broken"]
    lane.end()
    assert broken == [], broken
    verified = lanectl("journal", "verify", str(lane.prepared.journal))
    assert verified.exit_code == 0, verified.output
    replayed = lanectl("replay", str(lane.prepared.journal))
    assert replayed.exit_code == 0, replayed.output


def assert_messages_sound(record: MqttRecord, topics: Set[str]) -> None:
    """Each is what the official schemas allow; and every topic was heard, so that silence is no proof."""
    assert {message.topic.rpartition("/")[2] for message in record.messages} >= topics
    assert faults_of(record.messages) == []
