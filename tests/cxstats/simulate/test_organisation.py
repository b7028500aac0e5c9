from __future__ import annotations

from cxstats.simulate import BRAND, Operator
from tests.cxstats.simulate.conftest import Simulated


def test_departments_form_one_tree_from_company_to_hall_and_grid(
    simulated: Simulated,
) -> None:
    rows = simulated.operator.organisation().departments
    by_code = {row.code: row for row in rows}
    assert len(by_code) == len(rows)
    assert [row.name for row in rows if row.parent is None] == [BRAND]
    kinds = {
        "grid": ["district", "city", "province", "company"],
        "hall": ["district", "city", "province", "company"],
    }
    for row in rows:
        above, at = [], row
        while at.parent is not None:
            at = by_code[at.parent]
            above.append(at.kind)
        if row.kind in kinds:
            assert above == kinds[row.kind]


def test_everybody_works_somewhere_and_every_role_is_filled(
    simulated: Simulated,
) -> None:
    organisation = simulated.operator.organisation()
    places = {row.code for row in organisation.departments}
    people = organisation.employees
    assert len({row.code for row in people}) == len(people)
    assert {row.department for row in people} <= places
    assert {"agent", "team_lead", "grid_manager", "cx_manager", "executive"} <= {
        row.role for row in people
    }
    assert all(row.name for row in people)


def test_staff_named_in_answers_are_employees_who_serve_that_place(
    simulated: Simulated,
) -> None:
    organisation = simulated.operator.organisation()
    place = {row.code: row.department for row in organisation.employees}
    name = {row.code: row.name for row in organisation.departments}
    answers = simulated.answers
    served = answers[answers.a_employee.notna()]
    assert set(served.touchpoint) == {
        "TP_ACTIVATE",
        "TP_HALL",
        "TP_HOTLINE",
        "TP_COMPLAINT",
        "TP_BB_INSTALL",
        "TP_BB_REPAIR",
    }
    field = served[served.touchpoint == "TP_BB_REPAIR"]
    assert (field.a_employee.map(place).map(name) == field.a_grid).all()
    hall = served[served.touchpoint == "TP_HALL"]
    expected = hall.a_district.str[:-1] + "营业厅"
    assert (hall.a_employee.map(place).map(name) == expected).all()


def test_grids_have_managers_and_shops_have_owners(simulated: Simulated) -> None:
    organisation = simulated.operator.organisation()
    people = {row.code: row.role for row in organisation.employees}
    assert {people[row.manager] for row in organisation.grids} == {"grid_manager"}
    assert {row.name for row in organisation.grids} == set(simulated.customers.grid)
    codes = {row.code for row in organisation.grids}
    assert {row.grid for row in organisation.shops} == codes
    assert all(row.owner and row.category for row in organisation.shops)


def test_the_organisation_depends_on_the_seed_alone() -> None:
    one = Operator(scale=500, seed=3).organisation()
    assert one == Operator(scale=800, seed=3).organisation()
    assert one != Operator(scale=500, seed=4).organisation()
