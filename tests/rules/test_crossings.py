from tests.rules.plant import Plant
from tests.rules.words import a_lane_in_service, a_layout


def test_one_truck_crosses_the_lane_and_leaves_it_as_it_was() -> None:
    plant = Plant(a_lane_in_service(a_layout(8)), ["T1"])
    plant.run(240, until=1)
    assert plant.crossed == ["T1"]
    plant.run(10)
    assert plant.lane.states() == "V" * 8
    assert plant.lane.locks() == {}
