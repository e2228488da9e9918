"""People of the small city in front of a browser, on 31 August 2020."""

import pytest

from tests.problems.conftest import late_august  # noqa: F401


@pytest.fixture
def many(world):
    """`many(230)`: so many problems of two counties, by two queries."""
    from datetime import date

    from luodi.problems import actions
    from tests.world import at

    def made(count, **wanted):
        fields = [
            world.fields(title=f"第{n}件", unit=world.units["131102-fgj" if n % 3 else "131126-fgj"], **wanted)
            for n in range(count)
        ]
        return actions.register_many(world.campaign, fields, actor=world.li, at=at(date(2020, 5, 18)))

    return made
