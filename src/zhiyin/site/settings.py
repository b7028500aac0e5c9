"""Settings of the site, read from the environment; the defaults suit one machine.

Every variable is described in `docs/how-to/configure.md`.
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url

from zhiyin.site.secrets import load_secrets

PACKAGE = Path(__file__).resolve().parent


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no variable."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes"}


# ------------------------------------------------------------------ places
HOME = Path(os.environ.get("ZHIYIN_HOME", "var")).resolve()
LAKE_ROOT = Path(os.environ.get("ZHIYIN_LAKE", HOME / "lake"))
MEDIA_ROOT = Path(os.environ.get("ZHIYIN_FILES", HOME / "files"))
ENGINE_URL = os.environ.get("ZHIYIN_ENGINE_URL", "duckdb://")

# Libraries that train models read these when they are loaded, which is later. Several
# processes share a machine, and threads beyond its cores wait for one another in busy
# loops: training then costs eight times the processor seconds.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, os.environ.get("ZHIYIN_MODEL_THREADS", "1"))

# ------------------------------------------------------------------ security
DEBUG = flag("ZHIYIN_DEBUG", default=False)
KEYS = load_secrets(HOME)
SECRET_KEY = KEYS["ZHIYIN_SECRET_KEY"]
# The key of customers' encrypted fields; separate, because rotating the one that
# signs sessions must not make contact data unreadable.
FIELD_KEY = KEYS["ZHIYIN_FIELD_KEY"]
ALLOWED_HOSTS = os.environ.get(
    "ZHIYIN_ALLOWED_HOSTS",
    "127.0.0.1,localhost,[::1]",
).split(",")
CSRF_TRUSTED_ORIGINS = [
    origin
    for origin in os.environ.get("ZHIYIN_TRUSTED_ORIGINS", "").split(",")
    if origin
]
SECURE_BEHIND_TLS = flag("ZHIYIN_TLS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(os.environ.get("ZHIYIN_SESSION_MINUTES", "120")) * 60
SESSION_SAVE_EVERY_REQUEST = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_BEHIND_TLS else 0
if SECURE_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ------------------------------------------------------------------ parts
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "zhiyin.site",
    "zhiyin.common",
    "zhiyin.accounts",
    "zhiyin.channels",
    "zhiyin.listen.customers",
    "zhiyin.listen.surveys",
    "zhiyin.listen.contacts",
    "zhiyin.listen.programs",
    "zhiyin.listen.responses",
    "zhiyin.listen.calls",
    "zhiyin.listen.quality",
    "zhiyin.listen.feedback",
    "zhiyin.listen.imports",
    "zhiyin.analyze.lake",
    "zhiyin.analyze.metrics",
    "zhiyin.analyze.voices",
    "zhiyin.analyze.dashboards",
    "zhiyin.act.clocks",
    "zhiyin.act.notices",
    "zhiyin.act.alerts",
    "zhiyin.act.cases",
    "zhiyin.act.workorders",
    "zhiyin.act.recovery",
    "zhiyin.act.privacy",
    "zhiyin.compat",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "zhiyin.site.middleware.CustomerPagesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "zhiyin.site.middleware.UsedSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhiyin.accounts.middleware.PersonLocaleMiddleware",
    "zhiyin.accounts.middleware.AuditMiddleware",
    "zhiyin.accounts.middleware.SecondStepMiddleware",
    "zhiyin.site.middleware.ApprovalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "zhiyin.site.middleware.ContentSecurityMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhiyin.site.api.middleware.ApiMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
FORM_RENDERER = "zhiyin.common.forms.Renderer"
ROOT_URLCONF = "zhiyin.site.urls"
WSGI_APPLICATION = "zhiyin.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhiyin.site.context.frame",
            ],
            "builtins": ["zhiyin.common.templatetags.zhiyin"],
        },
    },
]

# ------------------------------------------------------------------ database
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'zhiyin.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    ),
}
# A pool that hands each transaction to another connection may not keep them.
PREPARED_STATEMENTS = os.environ.get("ZHIYIN_PREPARED_STATEMENTS", "1") != "0"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at the start: two writers queue instead of
    # failing half-way. WAL lets readers go on meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA secure_delete=ON;PRAGMA cache_size=-32000;"
            # A table with triggers keeps a journal per statement: not on the disk.
            "PRAGMA temp_store=MEMORY;"
        ),
    }

# ------------------------------------------------------------------ people
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": (
            "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
        ),
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "zhiyin.accounts.adapters.InvitedOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# Mail goes only to people we know, and tells them of every change to their login.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ALLAUTH_TRUSTED_PROXY_COUNT = int(
    os.environ.get("ZHIYIN_PROXIES", "1" if SECURE_BEHIND_TLS else "0"),
)
MFA_ADAPTER = "zhiyin.accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhiyin"

# ------------------------------------------------------------------ language
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("ZHIYIN_TIME_ZONE", "Asia/Shanghai")
LOCALE_PATHS = [PACKAGE / "locale"]

# ------------------------------------------------------------------ files
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_LIMIT_BYTES = int(os.environ.get("ZHIYIN_UPLOAD_MB", "256")) * 1024 * 1024
IMPORT_FILES_KEPT_DAYS = int(os.environ.get("ZHIYIN_IMPORT_FILES_DAYS", "30"))

# ------------------------------------------------------------------ mail, cache
EMAIL_BACKEND = os.environ.get(
    "ZHIYIN_EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend",
)
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = os.environ.get("ZHIYIN_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("ZHIYIN_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ZHIYIN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ZHIYIN_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("ZHIYIN_SMTP_STARTTLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("ZHIYIN_MAIL_FROM", "zhiyin@localhost")
# ------------------------------------------------------------------ channels
# How customers reach this installation: links in messages begin with it.
PUBLIC_URL = os.environ.get("ZHIYIN_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
# Whether gateways may be addressed inside the own network.
CHANNELS_MAY_REACH_PRIVATE = flag("ZHIYIN_PRIVATE_ADDRESSES", default=False)

# ------------------------------------------------------------------ the API
API_CALLS_PER_MINUTE = int(os.environ.get("ZHIYIN_API_PER_MINUTE", "600"))
# Networks inside the own house that webhooks may call all the same: 10.1.0.0/16,...
WEBHOOK_ALLOW = [
    network
    for network in os.environ.get("ZHIYIN_WEBHOOK_ALLOW", "").split(",")
    if network
]

# In files, so that limits of logins hold over all processes of this machine.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
SILENCED_SYSTEM_CHECKS = ["fields.W342"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"zhiyin": {"level": os.environ.get("ZHIYIN_LOG", "INFO")}},
}
