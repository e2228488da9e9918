"""What changed between two dates: additions, closings, reopenings, voids; by place, as page and as a circular's table."""
