"""Figures in Chinese text: find them, read them, test their arithmetic. Pure functions, no database."""
