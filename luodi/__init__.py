"""Luodi 落地: a platform on which a Chinese city runs a look-back (回头看) campaign."""

__version__ = "0.1.0"
