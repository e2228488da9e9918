"""Event logs: XES and CSV read safely, counted by columns: variants, throughput, rework. Pure library, no tables."""
