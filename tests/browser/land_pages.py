"""Pages of land to look at: accounts with their journal, a reversed posting, lists, records, forms with errors."""

from datetime import date
from decimal import Decimal

from luodi.land import actions
from tests.land.records import amounts, stock
from tests.world import World, at


def furnish(city: World) -> dict[str, str]:
    """Two lots in stock, two batches, two zones, a contract; the addresses by name."""
    stock(city)
    zhao, wang = {"actor": city.zhao, "at": at("2020-08-20")}, {"actor": city.wang, "at": at("2020-08-20")}
    lot, _other, batch, lacking = city.stocked(), city.stocked("60", "0"), city.batch("8", "5"), city.batch("90", "40")
    about = {"pool_unit": city.units["131102"], "paper": "衡占补3号", **zhao}
    posting = actions.withdraw(batch, amounts("5", "0", "9000"), **about)
    wrong = actions.transfer(city.units["131102"], city.units["1311"], amounts("2"), reason="全市统筹", **zhao)
    actions.reverse(wrong, reason="调出县填错", **zhao)
    for name, area in (("桃城经济开发区", "35"), ("橡塑科技园", "29.5"), ("北方工业园", "")):
        zone = actions.enter_zone(unit=city.units["131102-fgj"], name=name, **wang)
        if area:
            actions.count(zone, area=Decimal(area), counted_on=date(2020, 8, 1), **wang)
            counted = zone
    contract = city.contract()
    return {
        "land-lot": f"/land/lots/{lot.pk}/", "land-batch": f"/land/batches/{lacking.pk}/",
        "land-posting": f"/land/postings/{posting.pk}/", "land-reversed": f"/land/postings/{wrong.pk}/",
        "land-zone": f"/land/zones/{counted.pk}/", "land-contract": f"/land/contracts/{contract.pk}/",
    }  # fmt: skip


def listed(found: dict[str, str]) -> list[tuple[str, ...]]:
    """(name, who, path) or (name, who, path, what is pressed)."""
    return [
        *((f"land-{name or 'quota'}", "li", f"/land/{name}{'/' if name else ''}")
          for name in ("", "lots", "batches", "zones", "contracts")),
        ("land-en", "zhou", "/en/land/"),
        *((name, "zhao", path) for name, path in found.items() if name.startswith("land-")),
        ("land-withdraw-wrong", "zhao", "/land/withdraw/", "核销指标"),
        ("land-transfer", "zhao", "/land/transfer/"),
        ("land-enter-wrong", "wang", "/land/batches/enter/", "登记批次"),
        ("land-meet", "wang", f"{found['land-contract']}meet/"),
        ("land-approve", "zhao", f"{found['land-batch']}approve/"),
    ]  # fmt: skip
