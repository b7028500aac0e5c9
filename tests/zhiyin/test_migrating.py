"""Migrating renders few models, and the models are those that Django would render."""

from __future__ import annotations

from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from zhiyin.site.migrating import SparingState


def rendered(state: ProjectState) -> tuple[dict[str, Any], set[str]]:
    """Return what migrations read of the models, and references to former models."""
    found, stale = {}, set()
    models = state.apps.get_models(include_auto_created=True)
    for model in models:
        options = model._meta
        found[options.label] = (
            [field.deconstruct()[1:] for field in options.local_fields],
            [index.name for index in options.indexes],
            [constraint.name for constraint in options.constraints],
            sorted(
                f"{relation.related_model._meta.label}.{relation.field.name}"
                for relation in options.related_objects
            ),
        )
        stale |= {
            f"{options.label}.{field.name}"
            for field in options.local_fields
            if field.is_relation and field.related_model not in models
        }
    return found, stale


def steps(kind: type[ProjectState], app: str) -> list[tuple[dict[str, Any], set[str]]]:
    loader = MigrationLoader(None)
    (leaf,) = loader.graph.leaf_nodes(app)
    state = kind(real_apps=loader.unmigrated_apps)
    assert state.apps.get_models() == []
    found = []
    for key in loader.graph.forwards_plan(leaf):
        for operation in loader.get_migration(*key).operations:
            operation.state_forwards(key[0], state)
            found.append(rendered(state))
    return found


def test_models_between_migrations_are_those_of_django() -> None:
    expected = steps(ProjectState, "accounts")
    ours = steps(SparingState, "accounts")
    assert [models for models, _ in ours] == [models for models, _ in expected]
    assert len(ours) > 40
    # Changing a field leaves references to former models behind in Django as well.
    of_django = set[str]().union(*(stale for _, stale in expected))
    assert set[str]().union(*(stale for _, stale in ours)) <= of_django
