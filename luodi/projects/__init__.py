"""The key-project library: plans, monthly investment, milestones, landing."""
