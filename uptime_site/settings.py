"""Settings. Every outside value comes through django-environ; a wrong one stops the start."""

import sys
from datetime import timedelta
from email.utils import parseaddr
from ipaddress import ip_network
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage

from .addresses import allowed_host, canary, site_url, trusted_origin
from .database import database
from .environment import BASE_DIR, base_path, bind, port, read, whole_number
from .private import secret_key

# Lets Django's generic classes take their type arguments at run time.
django_stubs_ext.monkeypatch()

env = read(BASE_DIR)

# All of them are asked at the same time.
MAX_CANARIES = 10
MAX_WARN_DAYS = 365


def _boolean(name: str, *, default: bool) -> bool:
    value = env.str(name, default=str(default)).strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} is on or off, not “{value}”.")


def _whole_number(name: str, *, default: int, low: int, high: int) -> int:
    return whole_number(env, name, default=default, low=low, high=high)


def _list(name: str, *, default: list[str]) -> list[str]:
    return [part.strip() for part in env.list(name, default=default) if part.strip()]


def _networks() -> list[str]:
    networks = _list("ALLOWED_NETWORKS", default=[])
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise ImproperlyConfigured(
                f"ALLOWED_NETWORKS holds networks like 10.1.0.0/16, not “{network}”."
            ) from None
    return networks


def _hosts() -> list[str]:
    # A host name has no white space, so that separates as well as a comma.
    given = " ".join(_list("ALLOWED_HOSTS", default=[])).split()
    return [allowed_host(host) for host in given] or ["localhost", "127.0.0.1", "[::1]"]


def _origins() -> list[str]:
    given = " ".join(_list("CSRF_TRUSTED_ORIGINS", default=[])).split()
    return [trusted_origin(origin) for origin in given]


def _web_address(name: str) -> str:
    address: str = env.str(name, default="")
    if address and not address.startswith(("http://", "https://")):
        raise ImproperlyConfigured(
            f"{name} is an address like https://example.com/, not “{address}”."
        )
    return address


def _days(name: str, *, default: list[str]) -> list[int]:
    given = _list(name, default=default)
    days = {int(text) for text in given if text.isascii() and text.isdecimal() and len(text) < 5}  # noqa: PLR2004
    if len(days) < len(set(given)) or not all(1 <= number <= MAX_WARN_DAYS for number in days):
        raise ImproperlyConfigured(
            f"{name} holds numbers of days from 1 to {MAX_WARN_DAYS}, like 30,14,7, "
            f"not “{','.join(given)}”."
        )
    return sorted(days, reverse=True)


def _canaries() -> list[str]:
    urls = list(dict.fromkeys(map(canary, _list("CANARY_URLS", default=[]))))
    if len(urls) > MAX_CANARIES:
        raise ImproperlyConfigured(
            f"CANARY_URLS holds up to {MAX_CANARIES} addresses, not {len(urls)}."
        )
    return urls


def _time_zone() -> str:
    name: str = env.str("TIME_ZONE", default="UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(
            f"TIME_ZONE is a name like Europe/Berlin, not “{name}”."
        ) from None
    return name


def _for_https(name: str, value: int) -> int:
    """Refuse what would redirect for ever, or do nothing, where nobody says what came by HTTPS."""
    if value and not BEHIND_HTTPS_PROXY:
        raise ImproperlyConfigured(
            f"{name} needs BEHIND_HTTPS_PROXY=on, and a proxy that sets X-Forwarded-Proto."
        )
    return value


def _email() -> dict[str, Any]:
    try:
        config: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://")
    except (ImproperlyConfigured, ValueError, KeyError):
        raise ImproperlyConfigured(
            "EMAIL_URL cannot be read; it looks like smtp+tls://user:password@mail.example.com:587."
        ) from None
    if not config.get("EMAIL_PORT"):
        by_tls = {"EMAIL_USE_SSL": 465, "EMAIL_USE_TLS": 587}
        config["EMAIL_PORT"] = next((by_tls[use] for use in by_tls if config.get(use)), 25)
    return config


def _sender() -> str:
    """Give from whom mails are; the account at the mail server unless something else is set."""
    account = str(globals().get("EMAIL_HOST_USER") or "")
    sender: str = env.str("DEFAULT_FROM_EMAIL", default="").strip()
    sender = sender or (account if "@" in account else "uptime@localhost")
    if not sender.isprintable() or "@" not in parseaddr(sender)[1]:
        raise ImproperlyConfigured(
            "DEFAULT_FROM_EMAIL is an address like uptime@example.com or "
            f"Uptime <uptime@example.com>, not “{sender}”."
        )
    return sender


SECRET_KEY = secret_key(env.str("SECRET_KEY", default=""), BASE_DIR)
# Keys of before: what they have signed or encrypted stays good.
SECRET_KEY_FALLBACKS = _list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = _boolean("DEBUG", default=False)
ALLOWED_HOSTS = _hosts()
CSRF_TRUSTED_ORIGINS = _origins()
PORT, BIND = port(env), bind(env)
BASE_PATH = base_path(env)
FORCE_SCRIPT_NAME = BASE_PATH or None
# For links in what is sent: there is no request that would say under which name it came.
SITE_URL = site_url(env.str("SITE_URL", default=""), BASE_PATH)
# True behind a proxy that speaks HTTPS to the world and says so in X-Forwarded-Proto.
BEHIND_HTTPS_PROXY = _boolean("BEHIND_HTTPS_PROXY", default=False)
# Off until HTTPS is known to work: a browser keeps to HSTS for as long as it was told to.
SECURE_SSL_REDIRECT = _for_https("HTTPS_ONLY", _boolean("HTTPS_ONLY", default=False))
SECURE_HSTS_SECONDS = _for_https(
    "HSTS_SECONDS", _whole_number("HSTS_SECONDS", default=0, low=0, high=63_072_000)
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _boolean("HSTS_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = _boolean("HSTS_PRELOAD", default=False)
# A probe on this machine speaks HTTP.
SECURE_REDIRECT_EXEMPT = [r"(^|/)healthz$"]

# What a check may do: how much of a body it reads, and which addresses it may contact.
BODY_LIMIT_BYTES = _whole_number("BODY_LIMIT_BYTES", default=1_048_576, low=1_024, high=67_108_864)
REFUSE_PRIVATE_ADDRESSES = _boolean("REFUSE_PRIVATE_ADDRESSES", default=False)
ALLOWED_NETWORKS = _networks()

# Whether the evidence of a failed check holds the beginning of the body.
KEEP_BODIES = _boolean("KEEP_BODIES", default=True)

# How long the log is kept, and its summaries by the hour; those by the day stay.
RETENTION_DAYS = _whole_number("RETENTION_DAYS", default=30, low=1, high=3_650)
HOURLY_RETENTION_DAYS = _whole_number("HOURLY_RETENTION_DAYS", default=400, low=2, high=36_500)
# How long it is kept what was told to whom, and whether it arrived. Incidents stay.
ALERT_RETENTION_DAYS = _whole_number("ALERT_RETENTION_DAYS", default=365, low=2, high=36_500)

# So many days before a certificate expires somebody is told.
CERTIFICATE_WARN_DAYS = _days("CERTIFICATE_WARN_DAYS", default=["30", "14", "7", "3", "1"])

# Asked for every minute while the checker lives, so that another monitor notices when it does not.
HEARTBEAT_URL = _web_address("HEARTBEAT_URL")

# Asked when most services fail together: where none of them answers, the monitor is cut off.
CANARY_URLS = _canaries()

INSTALLED_APPS = [
    "monitors.apps.MonitorsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "heroicons",
    "ninja",
    "axes",
]

MIDDLEWARE = [
    # These put headers on every answer, whoever of those below gives it.
    "uptime_site.middleware.HeadersOfAll",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "uptime_site.middleware.UnderBasePath",
    "monitors.api.errors.JsonErrors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Below what serves files, which lie there compressed. It pads what it compresses at random, so
    # that its length gives no token away (BREACH), and leaves an ETag that still matches.
    "django.middleware.gzip.GZipMiddleware",
    "monitors.views.health.HealthUnderAnyHost",
    # Before anything looks for a session.
    "monitors.views.strange.RefuseStrange",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "monitors.views.login_required.LoginRequired",
    "monitors.views.preferences.OwnPreferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Last, so that what it answers has passed the others.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "uptime_site.urls"
WSGI_APPLICATION = "uptime_site.wsgi.application"
ASGI_APPLICATION = "uptime_site.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "monitors.views.context.site",
            ],
        },
    },
]

DATABASES = {"default": database(env.str("DATABASE_URL", default=""), BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Failed log-ins: see monitors.interfaces.login_attempts.
AXES_HANDLER = "monitors.interfaces.login_attempts.LoginAttempts"
AXES_CLIENT_IP_CALLABLE = "monitors.interfaces.login_attempts.client_address"
AXES_LOCKOUT_CALLABLE = "monitors.views.login.locked_out"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Else whoever goes on trying would stay out for ever, a whole office with them.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# A password may be typed into the field of the name; the address is for those who block by the log.
AXES_SENSITIVE_PARAMETERS = ["username"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
USE_I18N = False
FORMAT_MODULE_PATH = "uptime_site.formats"
USE_TZ = True
TIME_ZONE = _time_zone()

STATIC_URL = f"{BASE_PATH}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected files are served under hashed names and cached for ever; where nothing has been
# collected, WhiteNoise takes them from where they lie. The list of all lies beside what is served.
COLLECT_INTO = BASE_DIR / "staticfiles"
_COLLECTED = bool({"collectstatic", "prepare"} & set(sys.argv)) or (
    (COLLECT_INTO / "staticfiles.json").is_file() and "pytest" not in sys.modules
)
STATIC_ROOT = COLLECT_INTO / "served" if _COLLECTED else None
WHITENOISE_USE_FINDERS = not _COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "uptime_site.storage.OneStylesheet",
        "OPTIONS": {"manifest_storage": FileSystemStorage(location=COLLECT_INTO)},
    }
    if _COLLECTED
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

vars().update(_email())
DEFAULT_FROM_EMAIL = _sender()
# For each answer of the mail server, in seconds.
EMAIL_TIMEOUT = 10

SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{BASE_PATH}/"
if BASE_PATH:
    # A browser sends a neighbour's cookies from "/" as well, and of two with one name Django takes
    # the wrong one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "uptime_sessionid", "uptime_csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS_PROXY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS_PROXY else None
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
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # The checks of this program, one line each at INFO, would drown everything else.
        "httpx": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # It logs tokens; what it says of a failure is told with the attempt, without them.
        "apprise": {"level": "DEBUG", "handlers": ["nowhere"], "propagate": False},
        "urllib3": {"level": "ERROR"},
        # It warns whenever a request waits for a thread.
        "waitress.queue": {"level": "ERROR"},
        "waitress": {"level": "WARNING"},
        "django.server": {"handlers": ["console"], "propagate": False},
    },
}
