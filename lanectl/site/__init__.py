"""A site as its TOML files describe it: where each key stands, what it may be, what must fit together."""
