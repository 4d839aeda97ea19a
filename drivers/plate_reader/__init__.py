"""Frame in, plate reads out: localise, read, score. In production it runs in a worker process of its own (drivers/plate_worker.py)."""
