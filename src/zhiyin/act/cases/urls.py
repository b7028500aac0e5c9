from __future__ import annotations

from django.urls import path, re_path

from zhiyin.act.cases.views import doing, many, queue, settings, single

RULES = "act/cases/rules/"

urlpatterns = [
    path("act/cases/", queue.queue, name="cases"),
    re_path(
        r"^act/cases/export\.(?P<ending>csv|xlsx)$", queue.export, name="cases-export"
    ),
    path("act/cases/new/", doing.case_new, name="case-new"),
    path("act/cases/many/", many.bulk, name="cases-bulk"),
    path("act/cases/many/<int:pk>/undo/", many.undo, name="cases-undo"),
    path("act/cases/<int:pk>/", single.single, name="case"),
    path("act/cases/<int:pk>/do/<slug:act>/", doing.do, name="case-do"),
    path("act/cases/<int:pk>/lead/<slug:act>/", doing.lead, name="case-lead"),
    path("act/cases/<int:pk>/files/<int:file>/", single.attachment, name="case-file"),
    path("act/standards/", settings.service_standards, name="service-standards"),
    path(f"{RULES}levels/", settings.levels, name="case-levels"),
    path(f"{RULES}levels/new/", settings.level_edit, name="case-level-new"),
    path(f"{RULES}levels/<int:pk>/", settings.level_edit, name="case-level"),
    path(f"{RULES}priorities/", settings.rules, name="case-rules"),
    path(f"{RULES}priorities/new/", settings.rule_edit, name="case-rule-new"),
    path(f"{RULES}priorities/<int:pk>/", settings.rule_edit, name="case-rule"),
    path(
        f"{RULES}priorities/<int:pk>/delete/",
        settings.rule_delete,
        name="case-rule-delete",
    ),
    path(f"{RULES}causes/", settings.causes, name="case-causes"),
    path(f"{RULES}causes/new/", settings.cause_edit, name="case-cause-new"),
    path(f"{RULES}causes/<int:pk>/", settings.cause_edit, name="case-cause"),
    path(f"{RULES}scripts/", settings.scripts, name="case-scripts"),
    path(f"{RULES}scripts/new/", settings.script_edit, name="case-script-new"),
    path(f"{RULES}scripts/<int:pk>/", settings.script_edit, name="case-script"),
    path(
        f"{RULES}scripts/<int:pk>/delete/",
        settings.script_delete,
        name="case-script-delete",
    ),
    path(f"{RULES}general/", settings.general, name="case-settings"),
]
