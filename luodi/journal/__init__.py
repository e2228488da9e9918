"""Append-only record of every act, sealed in SM3-chained blocks; knows no other module."""
