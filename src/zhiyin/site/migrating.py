"""Migrations that render no more models than they must.

Every model of the product is related to every other through the organisation. Django
therefore renders nearly all of them anew for each model, field, index and constraint
that a migration adds, which is nine tenths of the time it takes to make a database.
What is added concerns its own model, and a field those that refer to the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState

Key = tuple[str, str]


class SparingState(ProjectState):
    """The models between two migrations forward; what is added costs little."""

    def add_model(self, model_state: ModelState) -> None:
        """Render the new model alone: it tells those it refers to of itself."""
        with self._unrendered() as rendered:
            super().add_model(model_state)
        if rendered:
            self.apps.render_multiple([model_state])

    def add_index(self, app_label: str, model_name: str, index: Any) -> None:
        with self._unrendered() as rendered:
            super().add_index(app_label, model_name, index)
        if rendered:
            self._options(app_label, model_name).indexes.append(index)

    def add_constraint(self, app_label: str, model_name: str, constraint: Any) -> None:
        with self._unrendered() as rendered:
            super().add_constraint(app_label, model_name, constraint)
        if rendered:
            self._options(app_label, model_name).constraints.append(constraint)

    def add_field(
        self,
        app_label: str,
        model_name: str,
        name: str,
        field: Any,
        preserve_default: Any,
    ) -> None:
        """Render the model anew, and those that refer to its class."""
        with self._unrendered() as rendered:
            super().add_field(app_label, model_name, name, field, preserve_default)
        if rendered:
            near = self._referring((app_label, model_name))
            self._reload(near)  # type: ignore[attr-defined] # not in the stubs

    def _options(self, app_label: str, model_name: str) -> Any:
        return self.apps.get_model(app_label, model_name)._meta  # noqa: SLF001

    def _referring(self, key: Key) -> set[Key]:
        """Return a model and those that refer to it, directly or through others."""
        # A copy finds the relations: this state alters fields another way, which
        # changes the order of columns, once it has found them itself.
        relations = ProjectState(self.models, self.real_apps).relations
        found, waiting = {key}, [key]
        while waiting:
            nearer = set(relations.get(waiting.pop(), ())) - found
            found |= nearer
            waiting += nearer
        return found

    @contextmanager
    def _unrendered(self) -> Iterator[bool]:
        """Keep what is rendered away from a change; yields whether anything is."""
        rendered = self.__dict__.pop("apps", None)
        try:
            yield rendered is not None
        finally:
            if rendered is not None:
                self.__dict__["apps"] = rendered


class SparingExecutor(MigrationExecutor):
    """Applies migrations forward with a sparing state, and back as Django does."""

    def _migrate_all_forwards(
        self, state: ProjectState, *arguments: Any, **named: Any
    ) -> Any:
        sparing = SparingState(state.models, state.real_apps)
        forwards = super()._migrate_all_forwards  # type: ignore[misc] # as above
        return forwards(sparing, *arguments, **named)
