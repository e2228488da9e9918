"""The sample city, made only through the actions users have."""
