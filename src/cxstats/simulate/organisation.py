"""The operator's own people: departments, halls, staff, grids and shops.

All names are invented. Staff who serve customers are numbered first, in an order
that occasions rely on: three people per hall, one field engineer per grid, twelve
hotline agents per region.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxstats.simulate.draws import generator
from cxstats.simulate.territory import GRID_KINDS, Territory
from cxstats.simulate.vocabulary import BRAND

__all__ = [
    "AGENTS_PER_REGION",
    "GIVEN_NAMES",
    "STAFF_PER_HALL",
    "SURNAMES",
    "Department",
    "Employee",
    "Grid",
    "Organisation",
    "Shop",
    "build_organisation",
    "serving_codes",
]

STAFF_PER_HALL = 3
AGENTS_PER_REGION = 12
_SHOPS_PER_GRID = 3
_HEADQUARTERS = (
    ("HQ-CX", "客户体验部"),
    ("HQ-CS", "客户服务中心"),
    ("HQ-NET", "网络部"),
    ("HQ-MKT", "市场部"),
    ("HQ-CHN", "渠道部"),
    ("HQ-FLD", "家庭装维部"),
    ("HQ-BIL", "资费计费部"),
    ("HQ-IT", "信息技术部"),
)
_OFFICERS = (
    ("cx_manager", "HQ-CX"),
    ("researcher", "HQ-CX"),
    ("analyst", "HQ-CX"),
    ("kpi_admin", "HQ-CX"),
    ("dept_owner", "HQ-CS"),
    ("dept_owner", "HQ-NET"),
    ("dept_owner", "HQ-MKT"),
    ("dept_owner", "HQ-CHN"),
    ("dept_owner", "HQ-FLD"),
    ("dept_owner", "HQ-BIL"),
    ("dept_owner", "HQ-IT"),
    ("retention", "HQ-MKT"),
    ("planner", "HQ-MKT"),
    ("executive", "HQ"),
    ("sys_admin", "HQ-IT"),
    ("privacy_officer", "HQ-IT"),
)
SURNAMES = tuple(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹苏潘葛范彭"
)
GIVEN_NAMES = tuple("安博辰丹恩帆歌涵嘉珂岚明宁沛琪然舒桐薇希妍泽知子若依文思")
_TRADES = ("餐饮", "便利店", "药店", "美发", "五金", "培训", "服装", "维修")
_SHOP_WORDS = ("福满", "小巷", "晨光里", "老街坊", "青禾", "四季", "百味", "巧手")
_SERVICES = ("商务宽带", "宽带+固话", "监控", "无")


@dataclass(frozen=True)
class Department:
    """A node of the department tree: headquarters, region, ... hall or grid."""

    code: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True)
class Employee:
    """A person who works for the operator, with one role in one department."""

    code: str
    name: str
    role: str
    department: str


@dataclass(frozen=True)
class Grid:
    """A grid with its manager and what is known of the market there."""

    code: str
    name: str
    kind: str
    district: str
    manager: str
    households: int
    residents: int


@dataclass(frozen=True)
class Shop:
    """A shop on the street of a grid, with its owner."""

    code: str
    name: str
    category: str
    owner: str
    grid: str
    services: str


@dataclass(frozen=True)
class Organisation:
    """Everything the operator knows about itself."""

    name: str
    departments: tuple[Department, ...]
    employees: tuple[Employee, ...]
    grids: tuple[Grid, ...]
    shops: tuple[Shop, ...]


def serving_codes(territory: Territory) -> tuple[str, ...]:
    """List the codes of the staff who serve customers, in occasion order."""
    return tuple(code for code, _, _ in _serving(territory))


def build_organisation(territory: Territory, seed: int) -> Organisation:
    """Invent the operator's departments, people, grids and shops."""
    rng = generator(seed, "staff")
    serving = _serving(territory)
    leads = [
        *(
            (f"L{at + 1:03d}", "team_lead", hall_code(at))
            for at in _districts(territory)
        ),
        *((f"L{900 + r}", "team_lead", hotline_code(r)) for r in _regions(territory)),
    ]
    managers = [
        (f"G{at + 1:03d}", "grid_manager", grid_code(at))
        for at in range(len(territory.grids))
    ]
    officers = [
        (f"H{at + 1:03d}", role, where) for at, (role, where) in enumerate(_OFFICERS)
    ]
    people = [*serving, *leads, *managers, *officers]
    names = _people(rng, len(people))
    return Organisation(
        name=BRAND,
        departments=tuple(_departments(territory)),
        employees=tuple(
            Employee(code, name, role, department)
            for (code, role, department), name in zip(people, names, strict=True)
        ),
        grids=tuple(_grids(territory, rng)),
        shops=tuple(_shops(territory, rng)),
    )


def hall_code(district: int) -> str:
    """Code of the hall of a district."""
    return f"HALL-{district + 1:02d}"


def hotline_code(region: int) -> str:
    """Code of the hotline team that serves a region."""
    return f"CS-{region + 1}"


def grid_code(grid: int) -> str:
    """Code of a grid."""
    return f"GRID-{grid + 1:03d}"


def _districts(territory: Territory) -> range:
    return range(len(territory.districts))


def _regions(territory: Territory) -> range:
    return range(len(territory.regions))


def _serving(territory: Territory) -> list[tuple[str, str, str]]:
    halls = [
        (f"Y{district * STAFF_PER_HALL + k + 1:03d}", "agent", hall_code(district))
        for district in _districts(territory)
        for k in range(STAFF_PER_HALL)
    ]
    field = [
        (f"W{at + 1:03d}", "agent", grid_code(at)) for at in range(len(territory.grids))
    ]
    hotline = [
        (f"K{region * AGENTS_PER_REGION + k + 1:03d}", "agent", hotline_code(region))
        for region in _regions(territory)
        for k in range(AGENTS_PER_REGION)
    ]
    return [*halls, *field, *hotline]


def _departments(territory: Territory) -> list[Department]:
    t = territory
    rows = [Department("HQ", BRAND, "company", None)]
    rows += [Department(code, name, "function", "HQ") for code, name in _HEADQUARTERS]
    for at, name in enumerate(t.regions):
        rows.append(Department(f"R-{at + 1}", f"{name}分公司", "province", "HQ"))
        team = f"热线{name}班组"
        rows.append(Department(hotline_code(at), team, "team", "HQ-CS"))
    for at, name in enumerate(t.cities):
        parent = f"R-{t.city_region[at] + 1}"
        rows.append(Department(f"C-{at + 1:02d}", f"{name}分公司", "city", parent))
    for at, name in enumerate(t.districts):
        parent = f"C-{t.district_city[at] + 1:02d}"
        rows.append(Department(f"D-{at + 1:02d}", f"{name}分局", "district", parent))
        hall = f"{name[:-1]}营业厅"
        rows.append(Department(hall_code(at), hall, "hall", f"D-{at + 1:02d}"))
    for at, name in enumerate(t.grids):
        parent = f"D-{t.grid_district[at] + 1:02d}"
        rows.append(Department(grid_code(at), name, "grid", parent))
    return rows


def _people(rng: np.random.Generator, n: int) -> list[str]:
    surnames = rng.choice(SURNAMES, n)
    given = rng.choice(GIVEN_NAMES, (n, 2))
    # One Chinese given name in four has a single character.
    single = rng.random(n) < 0.25  # noqa: PLR2004
    return [
        f"{surname}{first}" if short else f"{surname}{first}{second}"
        for surname, (first, second), short in zip(surnames, given, single, strict=True)
    ]


def _grids(territory: Territory, rng: np.random.Generator) -> list[Grid]:
    t = territory
    # A grid holds 37,500 households on average, more where more customers live.
    mean = 37_500 * len(t.grids) * t.grid_share
    households = np.round(mean * rng.lognormal(0, 0.15, len(t.grids)), -1).astype(int)
    size = rng.uniform(2.2, 2.9, len(t.grids))
    return [
        Grid(
            code=grid_code(at),
            name=name,
            kind=GRID_KINDS[t.grid_kind[at]],
            district=f"D-{t.grid_district[at] + 1:02d}",
            manager=f"G{at + 1:03d}",
            households=int(households[at]),
            residents=int(households[at] * size[at]),
        )
        for at, name in enumerate(t.grids)
    ]


def _shops(territory: Territory, rng: np.random.Generator) -> list[Shop]:
    n = len(territory.grids) * _SHOPS_PER_GRID
    trades = rng.choice(_TRADES, n)
    words = rng.choice(_SHOP_WORDS, n)
    services = rng.choice(_SERVICES, n, p=(0.35, 0.2, 0.1, 0.35))
    owners = _people(rng, n)
    return [
        Shop(
            code=f"SHOP-{at + 1:04d}",
            name=f"{words[at]}{trades[at]}",
            category=str(trades[at]),
            owner=owners[at],
            grid=grid_code(at // _SHOPS_PER_GRID),
            services=str(services[at]),
        )
        for at in range(n)
    ]
