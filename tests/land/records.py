"""Ways to enter lots, batches, zones and contracts of the small city."""

from datetime import date
from decimal import Decimal
from itertools import count

from luodi.land import actions
from luodi.land.rules import Amounts
from tests.world import at

NUMBERS = count(1)


def amounts(area="0", paddy="0", capacity="0") -> Amounts:
    return Amounts(Decimal(area), Decimal(paddy), Decimal(capacity))


def stock(world):
    """The world with `lot`, `stocked`, `batch`, `contract`."""

    def lot(area="10", paddy="2", capacity="45000", unit="131102-fgj", day="2020-03-02", **facts):
        number = next(NUMBERS)
        wanted = {"code": f"ZB-{number:04d}", "name": f"邓庄镇土地整治{number}期", "kind": "consolidation", "paper": "",
                  "scale_area": Decimal(0), **amounts(area, paddy, capacity).facts, "unit": world.units[unit],
                  **facts}  # fmt: skip
        return actions.enter_lot(wanted, actor=world.li, at=at(day))

    def stocked(*args, day="2020-03-20", **facts):
        row = lot(*args, **facts)
        about = {"accepted_on": date(2020, 3, 10), "accepted_paper": "衡自然资验〔2020〕1号"}
        return actions.accept(row, **about, record_code=f"13110020{row.pk:06d}", actor=world.zhao, at=at(day))

    def batch(area="8", arable="5", paddy="0", unit="131102-fgj", day="2020-04-01", **facts):
        number = next(NUMBERS)
        whole = Decimal(area)
        parts = {"area": whole, "farm_area": whole, "arable_area": Decimal(arable), "paddy_area": Decimal(paddy),
                 "build_area": Decimal(0), "unused_area": Decimal(0)}  # fmt: skip
        wanted = {"code": f"2020-{number:03d}", "name": f"桃城区2020年度第{number}批次建设用地",
                  "unit": world.units[unit], "submitted_on": date.fromisoformat(day), **parts, **facts}  # fmt: skip
        return actions.submit_batch(wanted, actor=world.li, at=at(day, 10))

    def contract(day="2020-04-01", **facts):
        wanted = {"code": f"XZHR-{next(NUMBERS):03d}", "parcel": "北方工业园B12", "lessee": "衡水北方汽车零部件公司",
                  "area": Decimal("3.5"), "leased_on": date(2019, 10, 1), "lease_until": date(2022, 10, 1),
                  "condition": "亩均税收达到 15 万元", "convert_by": date(2020, 10, 1),
                  "unit": world.units["131102-fgj"], **facts}  # fmt: skip
        return actions.lease(wanted, actor=world.wang, at=at(day))

    world.lot, world.stocked, world.batch, world.contract = lot, stocked, batch, contract
    return world
