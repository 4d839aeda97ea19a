"""The safety rules searched over all their states: the production step against the truth of a small lane."""
