"""Every model and lookup, imported so that Django sees it."""

from . import lookups  # noqa: F401 - registers what it defines
from .api_key import ApiKey
from .check_evidence import CheckEvidence
from .checker import Checker
from .due_check import DueCheck
from .log_to_delete import LogToDelete
from .period import Period
from .rollup import Chore, DailySummary, HourlySummary, HourToRedo
from .service import Service, Tag
from .service_search import ServiceSearch
from .service_status import ServiceStatus

__all__ = [
    "ApiKey",
    "CheckEvidence",
    "Checker",
    "Chore",
    "DailySummary",
    "DueCheck",
    "HourToRedo",
    "HourlySummary",
    "LogToDelete",
    "Period",
    "Service",
    "ServiceSearch",
    "ServiceStatus",
    "Tag",
]
