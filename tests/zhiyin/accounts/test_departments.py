"""The department tree: what can be changed, and what keeps it a tree."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiyin.accounts.models import AuditEntry, Department, Organisation
from zhiyin.accounts.services import (
    add_department,
    change_department,
    create_organisation,
    deactivate_department,
    departments_as_csv,
    import_departments,
    move_department,
    reactivate_department,
    read_departments,
)

pytestmark = pytest.mark.django_db

Tree = dict[str, Department]


@pytest.fixture
def tree(organisation: Organisation) -> Tree:
    """hq > (net > core, halls > (east, west))."""
    made: Tree = {}
    for code, parent in (
        ("hq", ""),
        ("net", "hq"),
        ("core", "net"),
        ("halls", "hq"),
        ("east", "halls"),
        ("west", "halls"),
    ):
        made[code] = add_department(
            organisation=organisation,
            code=code,
            name=code.title(),
            parent=made.get(parent),
        )
    return made


def codes_within(department: Department) -> set[str]:
    department.refresh_from_db()
    return {each.code for each in Department.objects.within(department)}


def assert_paths_follow_parents() -> None:
    for each in Department.objects.select_related("parent"):
        above = each.parent.path if each.parent else "/"
        assert each.path == f"{above}{each.pk}/"


def test_a_moved_department_takes_everything_below_it_along(tree: Tree):
    move_department(department=tree["halls"], parent=tree["core"])

    assert_paths_follow_parents()
    assert codes_within(tree["net"]) == {"net", "core", "halls", "east", "west"}
    assert codes_within(tree["core"]) == {"core", "halls", "east", "west"}


def test_a_department_can_become_a_root(tree: Tree):
    move_department(department=tree["halls"], parent=None)

    assert_paths_follow_parents()
    assert codes_within(tree["hq"]) == {"hq", "net", "core"}


@pytest.mark.parametrize("below", ["hq", "net", "core"])
def test_a_department_cannot_move_below_itself(tree: Tree, below: str):
    with pytest.raises(ValidationError):
        move_department(department=tree["hq"], parent=tree[below])

    assert_paths_follow_parents()


def test_a_department_cannot_move_to_another_organisation(
    tree: Tree,
    other_organisation: Organisation,
):
    theirs = add_department(organisation=other_organisation, code="hq", name="HQ")

    with pytest.raises(ValidationError):
        move_department(department=tree["net"], parent=theirs)


def test_a_move_that_would_make_the_tree_too_deep_is_refused(
    tree: Tree,
    organisation: Organisation,
):
    parent = None
    for level in range(11):
        parent = add_department(
            organisation=organisation,
            code=f"d{level}",
            name="d",
            parent=parent,
        )

    with pytest.raises(ValidationError, match="12"):
        move_department(department=tree["halls"], parent=parent)


def test_moving_to_where_it_is_leaves_no_trace(tree: Tree):
    move_department(department=tree["net"], parent=tree["hq"])

    assert not AuditEntry.objects.filter(action="department.moved").exists()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), max_size=12))
def test_whatever_is_moved_paths_follow_parents(
    moves: list[tuple[int, int]],
):
    organisation = Organisation.objects.filter(code="moving").first()
    if organisation is None:
        organisation = create_organisation(code="moving", name="Moving")
        for number in range(8):
            add_department(organisation=organisation, code=f"{number}", name="n")
    nodes = list(organisation.departments.order_by("pk"))

    for which, where in moves:
        parent = nodes[where] if where >= 0 else None
        try:
            move_department(department=nodes[which], parent=parent)
        except ValidationError:
            continue

    assert_paths_follow_parents()


def test_a_rename_is_recorded_with_what_was_before(tree: Tree):
    change_department(department=tree["net"], code="network", name="网络部")
    change_department(department=tree["net"], code="network", name="网络部")

    entry = AuditEntry.objects.get(action="department.changed")
    assert entry.detail["before"] == {"code": "net", "name": "Net"}
    assert entry.detail["after"] == {"code": "network", "name": "网络部"}


def test_a_department_with_active_ones_below_cannot_be_deactivated(tree: Tree):
    with pytest.raises(ValidationError, match="Halls"):
        deactivate_department(department=tree["halls"])

    for code in ("east", "west", "halls"):
        deactivate_department(department=tree[code])
    tree["halls"].refresh_from_db()
    assert not tree["halls"].is_active


def test_a_department_is_reopened_only_below_an_open_one(tree: Tree):
    for code in ("core", "net"):
        deactivate_department(department=tree[code])
    tree["core"].refresh_from_db()

    with pytest.raises(ValidationError, match="Net"):
        reactivate_department(department=tree["core"])

    reactivate_department(department=tree["net"])
    reactivate_department(department=Department.objects.get(code="core"))
    assert Department.objects.filter(is_active=False).count() == 0


def test_nothing_is_hung_below_a_closed_department(
    tree: Tree,
    organisation: Organisation,
):
    deactivate_department(department=tree["core"])

    with pytest.raises(ValidationError):
        add_department(
            organisation=organisation,
            code="new",
            name="new",
            parent=tree["core"],
        )


def test_an_exported_tree_imports_into_another_organisation_as_it_was(
    tree: Tree,
    organisation: Organisation,
    other_organisation: Organisation,
):
    text = departments_as_csv(organisation=organisation)

    done = import_departments(
        organisation=other_organisation,
        rows=read_departments(text.encode("utf-8-sig")),
    )

    assert (done.added, done.changed, done.unchanged) == (6, 0, 0)
    assert departments_as_csv(organisation=other_organisation) == text
    again = import_departments(
        organisation=other_organisation,
        rows=read_departments(text.encode("gb18030")),
    )
    assert (again.added, again.changed, again.unchanged) == (0, 0, 6)


def test_an_import_may_name_children_before_parents(organisation: Organisation):
    content = b"code,name,parent_code\nb,B,a\nc,C,b\na,A,\n"

    import_departments(organisation=organisation, rows=read_departments(content))

    assert_paths_follow_parents()
    assert Department.objects.get(code="c").depth == 2


def test_an_import_renames_and_moves_by_code(tree: Tree, organisation: Organisation):
    content = "code,name,parent_code\nwest,西区厅,hq\n".encode()

    done = import_departments(organisation=organisation, rows=read_departments(content))

    assert done.changed == 1
    assert Department.objects.get(code="west").name == "西区厅"
    assert Department.objects.get(code="west").parent == tree["hq"]
    assert_paths_follow_parents()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "parent_code"),
        (b"code,name\na,A\n", "parent_code"),
        (b"code,name,parent_code\n,A,\n", "2"),
        (b"code,name,parent_code\na,A,\na,B,\n", "3"),
        (b"code,name,parent_code\na,A,zz\n", "zz"),
        (b"code,name,parent_code\na,A,b\nb,B,a\n", "2"),
        (b"\xff\xfe\x00\x81", "UTF-8"),
    ],
)
def test_a_faulty_file_is_refused_whole_with_the_line(
    organisation: Organisation,
    content: bytes,
    complaint: str,
):
    with pytest.raises(ValidationError) as refusal:
        import_departments(organisation=organisation, rows=read_departments(content))

    assert complaint in " ".join(refusal.value.messages)
    assert not Department.objects.exists()


def test_a_name_that_looks_like_a_formula_is_exported_as_text(
    organisation: Organisation,
):
    add_department(organisation=organisation, code="x", name="=1+1")

    text = departments_as_csv(organisation=organisation)

    assert "'=1+1" in text
    assert read_departments(text.encode())[0].name == "=1+1"
