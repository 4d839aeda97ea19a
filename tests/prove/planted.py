"""Rule bugs to be planted, one at a time: a removed check, a swapped comparison, an unlock too early. Each must be caught."""

from tests.prove.planted_gates import GATES
from tests.prove.planted_lane import LANE
from tests.prove.planted_routes import ROUTES

MUTANTS = (*GATES, *LANE, *ROUTES)
