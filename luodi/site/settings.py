"""Settings. Everything a deployment may change comes from `LUODI_…` in the environment (docs/operations.md)."""

import os
import secrets
from pathlib import Path

import dj_database_url
import dj_email_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str = "") -> str:
    """The setting `LUODI_<name>`."""
    return os.environ.get(f"LUODI_{name}", default)


def env_flag(name: str, default: bool = False) -> bool:
    """The yes/no setting `LUODI_<name>`: 1, true, yes or on mean yes."""
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


BASE = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env("DATA_DIR", str(BASE / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env_flag("DEBUG")
# Demo mode: sample city, one-click sign-in, the tag 「演示数据」 on every page. Only `luodi demo` sets it.
LUODI_DEMO = env_flag("DEMO")
LUODI_CLOCK = env("CLOCK")
LUODI_UPLOAD_MB = int(env("UPLOAD_MB", "50"))
LUODI_IDLE_MINUTES = int(env("IDLE_MINUTES", "30"))
# Work the worker repeats on each round; dotted paths called with `at`.
LUODI_DUTIES = [
    "luodi.journal.actions.seal",
    "luodi.tallies.actions.merge",
    "luodi.notices.actions.spread",
    "luodi.notices.actions.remind",
    "luodi.notices.actions.digest",
    "luodi.notices.actions.send",
    "luodi.orgs.actions.drop_old_drafts",
    "luodi.proofreading.actions.drop_old",
]
# E-mail: smtp://user:password@host:25, submission://… with STARTTLS, smtp://…?ssl=True. Empty: no e-mail is sent.
LUODI_MAIL = bool(env("SMTP_URL"))
LUODI_MAIL_FROM = env("MAIL_FROM", "luodi@localhost")
LUODI_DIGEST_AT = env("DIGEST_AT", "08:30")
# Where people reach the site, for links in e-mail and group messages: https://luodi.example.gov.cn
LUODI_SITE_URL = env("SITE_URL").rstrip("/")
if LUODI_MAIL:
    _mail = dj_email_url.parse(env("SMTP_URL"))
    EMAIL_BACKEND, EMAIL_FILE_PATH = _mail["EMAIL_BACKEND"], _mail["EMAIL_FILE_PATH"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
    EMAIL_TIMEOUT = _mail["EMAIL_TIMEOUT"] or 20


def secret_key() -> str:
    """From the environment; on a laptop, a random one kept in the data folder, readable only by its owner."""
    if key := env("SECRET_KEY"):
        return key
    if env("DATABASE_URL").startswith("postgres") and not (DEBUG or LUODI_DEMO or env_flag("TESTING")):
        raise ImproperlyConfigured("Set LUODI_SECRET_KEY: a long random text, the same on every machine.")
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = secret_key()
ALLOWED_HOSTS = env("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in env("TRUSTED_ORIGINS").split(",") if o]

INSTALLED_APPS = [
    "luodi.site",
    "luodi.sample",
    "luodi.dashboard",
    "luodi.documents",
    "luodi.amendments",
    "luodi.intake",
    "luodi.ledger",
    "luodi.notices",
    "luodi.proofreading",
    "luodi.changes",
    "luodi.tallies",
    "luodi.problems",
    "luodi.permits",
    "luodi.land",
    "luodi.finance",
    "luodi.progress",
    "luodi.projects",
    "luodi.campaigns",
    "luodi.indicators",
    "luodi.flow",
    "luodi.staff",
    "luodi.jobs",
    "luodi.files",
    "luodi.orgs",
    "luodi.journal",
    "luodi.workdays",
    "luodi.kit",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "axes",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "luodi.kit.middleware.RequestReference",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "luodi.orgs.views.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "luodi.site.urls"
WSGI_APPLICATION = "luodi.site.wsgi.application"
FORM_RENDERER = "luodi.kit.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "luodi.site.context.frame",
            ],
        },
    }
]

# SQLite's writers take their lock first (IMMEDIATE) and wait long: measured in stack.md 1.
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
        "PRAGMA mmap_size=134217728;PRAGMA journal_size_limit=27103364"
    ),
}
DATABASES = {"default": dj_database_url.parse(env("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'luodi.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# -- people ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "orgs.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# GB/T 22239 8.1.4.1: length, three of four kinds of character, not the name (domain.md 6.1).
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "luodi.orgs.forms.ThreeKindsValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "phone")},
    },
]
LOGIN_URL = "orgs:sign_in"
LOGIN_REDIRECT_URL = "home"
# Lock-out: five failures close the account for 20 minutes, from wherever they came; an administrator can release it.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 20 / 60  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "luodi.orgs.views.locked_out"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = LUODI_IDLE_MINUTES * 60
# The browser forgets it when closed; until then it still names the session that has ended (docs/decisions/0005).
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "luodi_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "luodi_csrf"
CSRF_FAILURE_VIEW = "luodi.kit.views.csrf_failure"
# Behind a TLS proxy set LUODI_HTTPS=1: cookies are then sent only over TLS and browsers remember it.
if env_flag("HTTPS"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# -- words, time, assets -----------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "luodi" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "static"]
STATIC_ROOT = DATA_DIR / "static"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "luodi.kit.uploads.Measured",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "evidence": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if env("FILES") == "s3":
    STORAGES["evidence"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ENDPOINT") or None,
            "file_overwrite": False,
        },
    }
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}},
}
# axes.W006 wants lock-out by address: a whole office shares one, so the account is what is locked, from anywhere.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
