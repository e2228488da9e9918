from tests.indicators.conftest import city

__all__ = ["city"]
