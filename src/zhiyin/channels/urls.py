from __future__ import annotations

from django.urls import path

from zhiyin.channels.views import (
    messages,
    senders,
    templates,
    unsubscribing,
    webhooks,
)

BASE = "settings/channels/"
HOOKS = f"{BASE}webhooks/"

urlpatterns = [
    path(BASE, senders.account_list, name="channels"),
    path(f"{BASE}new/", senders.account_new, name="channel-new"),
    path(f"{BASE}<int:pk>/", senders.account_page, name="channel"),
    path(f"{BASE}<int:pk>/enable/", senders.account_enable, name="channel-enable"),
    path(f"{BASE}<int:pk>/delete/", senders.account_delete, name="channel-delete"),
    path(f"{BASE}<int:pk>/test/", senders.account_test, name="channel-test"),
    path(f"{BASE}templates/", templates.template_list, name="channel-templates"),
    path(
        f"{BASE}templates/new/",
        templates.template_edit,
        name="channel-template-new",
    ),
    path(
        f"{BASE}templates/preview/",
        templates.template_preview,
        name="channel-template-preview",
    ),
    path(
        f"{BASE}templates/<int:pk>/",
        templates.template_edit,
        name="channel-template",
    ),
    path(
        f"{BASE}templates/<int:pk>/archive/",
        templates.template_archive,
        name="channel-template-archive",
    ),
    path(f"{BASE}messages/", messages.message_list, name="channel-messages"),
    path(f"{BASE}messages/<int:pk>/", messages.message_page, name="channel-message"),
    path(
        f"{BASE}messages/<int:pk>/reveal/",
        messages.message_reveal,
        name="channel-message-reveal",
    ),
    path(
        f"{BASE}messages/<int:pk>/cancel/",
        messages.message_cancel,
        name="channel-message-cancel",
    ),
    path(
        f"{BASE}messages/<int:pk>/arrived/",
        messages.message_confirm,
        name="channel-message-confirm",
    ),
    path(
        f"{BASE}messages/<int:pk>/again/",
        messages.message_again,
        name="channel-message-again",
    ),
    path(f"{BASE}health/", messages.health, name="channel-health"),
    path(HOOKS, webhooks.webhook_list, name="webhooks"),
    path(f"{HOOKS}new/", webhooks.webhook_new, name="webhook-new"),
    path(f"{HOOKS}<int:pk>/", webhooks.webhook_page, name="webhook"),
    path(f"{HOOKS}<int:pk>/edit/", webhooks.webhook_edit, name="webhook-edit"),
    path(f"{HOOKS}<int:pk>/enable/", webhooks.webhook_enable, name="webhook-enable"),
    path(f"{HOOKS}<int:pk>/secret/", webhooks.webhook_renew, name="webhook-renew"),
    path(f"{HOOKS}<int:pk>/test/", webhooks.webhook_test, name="webhook-test"),
    path(f"{HOOKS}<int:pk>/delete/", webhooks.webhook_delete, name="webhook-delete"),
    path(
        f"{HOOKS}<int:pk>/calls/<int:delivery>/",
        webhooks.webhook_delivery,
        name="webhook-delivery",
    ),
    path(
        f"{HOOKS}<int:pk>/calls/<int:delivery>/again/",
        webhooks.webhook_replay,
        name="webhook-replay",
    ),
    path(
        "c/unsubscribe/<str:token>/",
        unsubscribing.unsubscribe_page,
        name="unsubscribe",
    ),
]
