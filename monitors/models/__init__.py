"""Every model and lookup, imported so that Django sees it."""

from . import lookups  # noqa: F401 - registers what it defines
from .alert import Alert, DeliveryAttempt, Message
from .api_key import ApiKey
from .badge import Badge
from .channel import Channel
from .check_evidence import CheckEvidence
from .checker import Checker
from .deleted_service import DeletedService
from .due_check import DueCheck
from .first_failure import FirstFailure
from .incident import Exclusion, Incident, IncidentEvent
from .log_to_delete import LogToDelete
from .maintenance import MaintenanceOccurrence, MaintenanceWindow
from .period import Period
from .profile import Profile
from .report_schedule import ReportSchedule
from .rollup import Chore, DailySummary, HourlySummary, HourToRedo
from .saved_filter import SavedFilter
from .service import Service, Tag
from .service_defaults import ServiceDefaults
from .service_search import ServiceSearch
from .service_status import ServiceStatus
from .status_page import StatusComponent, StatusNotice, StatusPage, StatusPost
from .wall_display import WallDisplay

__all__ = [
    "Alert",
    "ApiKey",
    "Badge",
    "Channel",
    "CheckEvidence",
    "Checker",
    "Chore",
    "DailySummary",
    "DeletedService",
    "DeliveryAttempt",
    "DueCheck",
    "Exclusion",
    "FirstFailure",
    "HourToRedo",
    "HourlySummary",
    "Incident",
    "IncidentEvent",
    "LogToDelete",
    "MaintenanceOccurrence",
    "MaintenanceWindow",
    "Message",
    "Period",
    "Profile",
    "ReportSchedule",
    "SavedFilter",
    "Service",
    "ServiceDefaults",
    "ServiceSearch",
    "ServiceStatus",
    "StatusComponent",
    "StatusNotice",
    "StatusPage",
    "StatusPost",
    "Tag",
    "WallDisplay",
]
