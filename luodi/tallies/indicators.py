"""What this module states to the engine of figures: none of its own, but what it keeps of others'."""

from luodi.tallies.queries import kept

KEPT = kept
