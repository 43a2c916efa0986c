"""All settings, read once from the environment. Every name is explained in docs/settings.md."""

import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from environs import Env
from environs import validate as valid

from casework.config import queues
from casework.config.channels import channels_of
from casework.config.oidc import provider_of
from casework.lifecycle.backups.plan import plan_of
from casework.vault import keyfile
from casework.vault.errors import KeyFileMissing

env = Env()
ROOT = Path(__file__).resolve().parents[2]
VERSION = "0.1.0"

# The embedded demo: invented people only, one machine, sign-in without a second factor, mail to files.
DEMO = env.bool("CASEWORK_DEMO", False)
PRODUCTION = env.bool("CASEWORK_PRODUCTION", False)
DEBUG = False

DATA_DIR = env.path("DATA_DIR", ROOT / ".data")
KEY_FILE = env.path("KEY_FILE", DATA_DIR / "keys" / "keys.json")
try:
    # As the file says when a process starts. Sessions and whatever else we seal look at the file each time, see `vault.secret_text`.
    _keys = keyfile.read(KEY_FILE)
    SECRET_KEY, SECRET_KEY_FALLBACKS = _keys.secret, _keys.older_secrets
except KeyFileMissing:
    # The commands that run before there is a key file.
    if not {"make_key_file", "restore_key_file", "make_backup_key"} & set(sys.argv):
        raise
    SECRET_KEY = secrets.token_urlsafe(48)
PUBLIC_URL = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "casework.config.apps.CaseworkAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # a page of allauth asks for it
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "import_export",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "pgtrigger",
    "pghistory",
    "casework.vault",
    "casework.audit",
    "casework.accounts",
    "casework.clients",
    "casework.documents",
    "casework.residency",
    "casework.housing",
    "casework.reminders",
    "casework.reports",
    "casework.lifecycle",
    "casework.web",
    "casework.config.apps.ConfigConfig",
]

MIDDLEWARE = [
    # Before all others, so that whatever they say in the log carries the mark of the request.
    "casework.web.middleware.RequestMarkMiddleware",
    "casework.web.status.counting.CountRequestsMiddleware",
    # Outermost, so that no answer goes without their headers: not what is refused before any page is found, nor static files.
    "csp.middleware.CSPMiddleware",
    "casework.web.middleware.SafeHeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "casework.web.middleware.CompressPagesMiddleware",
    "casework.api.middleware.WithoutCookiesMiddleware",
    "casework.web.sign_in.middleware.RememberEndedMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "casework.web.middleware.KeyFileMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casework.web.sign_in.middleware.KeepSessionMiddleware",
    "casework.web.middleware.UserLanguageMiddleware",
    "casework.web.middleware.HistoryMiddleware",
    "casework.web.sign_in.middleware.SignedInMiddleware",
    "casework.web.middleware.SecondFactorMiddleware",
    "casework.web.middleware.PolicyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "casework.web.sign_in.middleware.StepUpMiddleware",
    "casework.web.middleware.RefusalMiddleware",
    "casework.web.access.limits.CaseQuotaMiddleware",
]

ROOT_URLCONF = "casework.config.urls"
WSGI_APPLICATION = "casework.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casework.web.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# PostgreSQL only: exclusion constraints, ranges and triggers carry what must never be.
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.dj_db_url("DATABASE_URL", "postgres://postgres@/casework")
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": True}
}
# A standby for reports; only `reports.replica` reads from it, and nothing is ever written there.
if env.str("REPORTS_DATABASE_URL", ""):
    DATABASES["reports"] = env.dj_db_url("REPORTS_DATABASE_URL")
    DATABASES["reports"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "TEST": {"MIRROR": "default"}}
    DATABASES["reports"]["OPTIONS"] = {"connect_timeout": 3} | DATABASES["reports"].get("OPTIONS", {})
for _database in DATABASES.values():
    # A word for us and not for libpq: behind a pooler of transactions no cursor may outlive its own.
    _pooled = _database.get("OPTIONS", {}).pop("pool_mode", "session")
    _database["DISABLE_SERVER_SIDE_CURSORS"] = _pooled == "transaction"
DATABASE_ROUTERS = ["casework.reports.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "casework.accounts.passwords.NotOfThisPlace"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "casework.web.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation proves the address
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
# In production one proxy stands in front, as for SECURE_PROXY_SSL_HEADER; without this, everybody would share its address.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PRODUCTION else 0
ACCOUNT_RATE_LIMITS = {
    # An office shares one address, so the limit by address is wide and the narrow one is by account and address.
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    # Guesses at one account from everywhere; a passkey opens it all the same.
    "login_failed_everywhere": "20/15m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "casework.web.sign_in.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate_webauthn": "casework.web.sign_in.credentials.AuthenticateForm",
    "login_webauthn": "casework.web.sign_in.credentials.LoginForm",
    "reauthenticate_webauthn": "casework.web.sign_in.credentials.ReauthenticateForm",
    "add_webauthn": "casework.web.sign_in.credentials.AddForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = False
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "Casework"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://localhost")
# The organisation's own sign-in, for people who were invited. Without OIDC there is none.
SOCIALACCOUNT_ADAPTER = "casework.web.sign_in.organisation.OrganisationAdapter"
SOCIALACCOUNT_PROVIDERS = provider_of(env.json("OIDC", None))
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
# Without it, every role must show a second factor before any page with people in it.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", not DEMO)

SESSION_ENGINE = "casework.accounts.sessions"
SESSION_COOKIE_AGE = 30 * 60  # without a request; every request begins it anew
SESSION_AT_MOST = timedelta(hours=10)  # since signing in, however busy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "casework.web.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
# Not "no-referrer": browsers then send "Origin: null" with our own forms, and every one is refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Attempts to sign in and used codes, known to every process at once and also when the broker is down.
CACHES = {"default": {"BACKEND": "casework.accounts.counters.Counters"}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский"), ("ky", "Кыргызча")]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["casework.config.formats"]
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Otherwise the library would let pages of every other host read what lies here.
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_ROOT = DATA_DIR / "media"

# Pictures of papers, sealed, under random names. Not below STATIC_ROOT or MEDIA_ROOT: no server hands them out by itself.
SCANS_DIR = env.path("SCANS_DIR", DATA_DIR / "scans")
# Instead of that folder, storage that speaks S3: `s3://bucket/prefix?endpoint=https://...&region=...`, for several machines.
FILES_URL = env.str("FILES_URL", "")
# Whatever is uploaded, to whichever page, is sealed while it comes in; Django's own handlers would write it to a disk as it is.
FILE_UPLOAD_HANDLERS = ["casework.documents.receiving.SealedUploads"]
# A ClamAV daemon: a path such as /run/clamav/clamd.ctl, or tcp://host:3310. Without one, scans say that they were not checked.
CLAMAV = env.str("CLAMAV", "")

# Where somebody who finds a hole writes to, "mailto:..." or "https://...": `/.well-known/security.txt` says it.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", "")

# Signed heads of the audit chain: in production a place that whoever administers the database cannot write to.
AUDIT_HEADS = env.path("AUDIT_HEADS", DATA_DIR / "audit" / "heads.jsonl")

# What was erased, by bare ids, to be erased again from a backup that is restored: a place that is not in the same backup.
ERASURE_LEDGER = env.path("ERASURE_LEDGER", DATA_DIR / "erasures" / "ledger.jsonl")

# Where backups go, for whom they are sealed, how long they stay: see docs/backup.md.
BACKUPS = plan_of(env.json("BACKUPS", None))

# Outside production nothing leaves the machine: mail becomes files that "Outgoing messages" shows.
OUTGOING_DIR = DATA_DIR / "outgoing"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "casework@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if PRODUCTION:
    EMAIL_CONFIG = env.dj_email_url("MAIL_URL", "smtp://localhost:25")
    EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = EMAIL_CONFIG["EMAIL_HOST"], EMAIL_CONFIG["EMAIL_PORT"]
    EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
else:
    EMAIL_BACKEND = "casework.reminders.channels.files.OutgoingFiles"
EMAIL_TIMEOUT = 20
# Gateways for SMS and messengers, a webhook, and the secret of the answers that they bring: see docs/reminders.md.
CHANNELS = channels_of(env.json("CHANNELS", None))

CELERY_BROKER_URL = env.str("BROKER_URL", "redis://localhost:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS = queues.TRANSPORT
CELERY_TASK_QUEUES = queues.QUEUES
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_TASK_DEFAULT_QUEUE = queues.SOON
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For as long as it takes: after a hundred tries, some fifty minutes, worker and beat would give up.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # Where the worker was away, one of these does the work of all: the others lapse.
    "seal audit": {"task": "audit.seal", "schedule": 4.0, "options": {"expires": 30}},
    # Sings each minute: its silence tells that no worker works, though one may be there.
    "canary": {"task": "accounts.canary", "schedule": crontab(minute="*"), "options": {"expires": 60}},
    "plan reminders": {"task": "reminders.plan", "schedule": crontab(minute="*"), "options": {"expires": 60}},
    "deliver reminders": {"task": "reminders.deliver", "schedule": crontab(minute="*"), "options": {"expires": 60}},
    # Some seconds later: where all has just been started, the steps that it watches come first.
    "watch reminders": {
        "task": "reminders.watch",
        "schedule": crontab(minute="*/2"),
        "options": {"countdown": 30, "expires": 90},
    },
    "purge reminders": {"task": "reminders.purge", "schedule": crontab(hour="3", minute="29")},
    "refresh stale deadlines": {"task": "residency.refresh_stale", "schedule": crontab(minute="*/5")},
    "resume refreshes": {"task": "residency.resume_refreshes", "schedule": crontab(minute="*")},
    "compare people": {"task": "lifecycle.compare_missed", "schedule": crontab(minute="*")},
    "resume impacts": {"task": "residency.resume_impacts", "schedule": crontab(minute="*")},
    "resume imports": {"task": "lifecycle.resume_imports", "schedule": crontab(minute="*")},
    "forget old imports": {"task": "lifecycle.forget_old_imports", "schedule": crontab(hour="2", minute="20")},
    "resume scoring": {"task": "lifecycle.resume_scoring", "schedule": crontab(minute="*/5")},
    "score changed cases": {"task": "lifecycle.score_changed", "schedule": crontab(minute="*/2")},
    "score cases": {"task": "lifecycle.score_all", "schedule": crontab(hour="1", minute="40")},
    "destroy replaced keys": {"task": "lifecycle.destroy_replaced_keys", "schedule": crontab(minute="26,56")},
    "throw away merged rows": {"task": "lifecycle.throw_away_merged_rows", "schedule": crontab(hour="3", minute="43")},
    "lapse offered cases": {"task": "lifecycle.lapse_transfers", "schedule": crontab(minute="7")},
    "follow changed clocks": {"task": "clients.recompute_instants", "schedule": crontab(hour="2", minute="41")},
    "purge impacts": {"task": "residency.purge_impacts", "schedule": crontab(hour="3", minute="17")},
    "reconcile erasures": {"task": "lifecycle.reconcile_erasures", "schedule": crontab(minute="*/10")},
    "forget counters": {"task": "accounts.forget_counters", "schedule": crontab(minute="*/5")},
    "forget old jobs": {"task": "accounts.forget_old_jobs", "schedule": crontab(hour="3", minute="53")},
    "forget old drafts": {"task": "accounts.forget_old_drafts", "schedule": crontab(minute="23")},
    "sweep exports": {"task": "reports.sweep_exports", "schedule": crontab(minute="*")},
    "forget old donor reports": {
        "task": "reports.forget_old_donor_reports",
        "schedule": crontab(hour="3", minute="41"),
    },
    "sweep scans": {"task": "documents.sweep_scans", "schedule": crontab(minute="*/15")},
    "check scans": {"task": "documents.check_scans", "schedule": crontab(minute="*")},
    "forget uploaded tables": {"task": "residency.forget_uploads", "schedule": crontab(minute="*/15")},
    "release holds of beds": {"task": "housing.release_holds", "schedule": crontab(minute="*")},
    "ask for overdue answers": {"task": "clients.ask_for_overdue_answers", "schedule": crontab(minute="*/10")},
}

# Whoever shows it as Bearer reads figures for Prometheus at `/metrics`, and details at `/readyz`. Without one there are none.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# "line" for people, "json" for machines that collect logs.
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=valid.OneOf(["line", "json"]))
# Logs say what happened to which record, never who the record is about.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            # In the demo all people are invented, and whoever looks at it may see what an error says of them.
            "()": "casework.config.log_lines.LineFormatter" if DEMO else "casework.config.logs.Discreet",
            "format": "{asctime} {levelname} {name} [{mark}] {message}",
            "style": "{",
        },
        "json": {"()": "casework.config.logs.DiscreetJson"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # Django would mail errors to whoever ADMINS names, with everything that was sent.
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        # However talkative the rest is set: these two would say what is on the pages and in the queries.
        "django.template": {"level": "WARNING"},
        "django.db.backends": {"level": "WARNING"},
        # These two would name the letters of what is printed.
        "fpdf": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        # These would name the numbers of people; what we need of it, we read (`reminders.channels.gateway`).
        "apprise": {"handlers": ["nowhere"], "propagate": False},
        "urllib3": {"handlers": ["nowhere"], "propagate": False},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}

# A second fence behind our own: `residency.tables.cells.guarded` keeps what a formula would begin with.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# Names of languages in which a person may want to be spoken to; the interface has fewer.
CLIENT_LANGUAGES = [
    ("ru", _("Russian")),
    ("en", _("English")),
    ("ky", _("Kyrgyz")),
    ("kk", _("Kazakh")),
    ("mn", _("Mongolian")),
    ("uk", _("Ukrainian")),
]
