"""What changed between two days: additions, closings, reopenings, voids; by place, as a page and for circulars."""
