"""Every path of the site, grouped by noun."""

from django.contrib.auth.views import (
    LogoutView,
    PasswordChangeDoneView,
    PasswordChangeView,
)
from django.urls import include, path

from monitors.api import paths as api_paths
from monitors.domain.badges import Figure
from monitors.interfaces.exporters import statuspage_json
from monitors.views import (
    accounts,
    badges,
    channels,
    checks,
    dashboard,
    deleted_services,
    events,
    health,
    incidents,
    login,
    maintenance,
    many_services,
    many_settings,
    profile,
    public,
    public_badges,
    public_wall,
    report_schedules,
    reports,
    response_times,
    saved_filters,
    service_defaults,
    services,
    signed_links,
    status_pages,
    wall_displays,
)

service = [
    path("", services.show, name="service-show"),
    path("history/", checks.history, name="service-history"),
    path("response/", response_times.show, name="service-response"),
    path("response.csv", response_times.export, name="service-response-csv"),
    path("history/<int:check_id>/", checks.show, name="check-show"),
    path("check/", checks.check, name="service-check"),
    path("edit/", services.edit, name="service-edit"),
    path("pause/", services.pause, name="service-pause"),
    path("delete/", services.delete, name="service-delete"),
    path("maintenance/", maintenance.start, name="service-maintenance"),
]

maintenance_window = [
    path("edit/", maintenance.edit, name="maintenance-edit"),
    path("delete/", maintenance.delete, name="maintenance-delete"),
    path("end/", maintenance.end, name="maintenance-end"),
]

incident = [
    path("", incidents.incidents, name="incidents"),
    path("<int:incident_id>/", incidents.show, name="incident-show"),
    path("<int:incident_id>/acknowledge/", incidents.acknowledge, name="incident-acknowledge"),
    path("<int:incident_id>/note/", incidents.note, name="incident-note"),
    path("<int:incident_id>/reclassify/", incidents.reclassify, name="incident-reclassify"),
    path("acknowledge/<str:token>/", signed_links.acknowledge, name="incident-acknowledge-link"),
]

channel = [
    path("", channels.show, name="channel-show"),
    path("edit/", channels.edit, name="channel-edit"),
    path("test/", channels.send_test, name="channel-test"),
    path("switch/", channels.switch, name="channel-switch"),
    path("rotate-secret/", channels.rotate_secret, name="channel-rotate-secret"),
    path("delete/", channels.delete, name="channel-delete"),
]

account = [
    path("login/", login.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PasswordChangeView.as_view(), name="password-change"),
    path("password/done/", PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("keys/", accounts.keys, name="api-keys"),
    path("keys/<int:key_id>/revoke/", accounts.revoke_key, name="api-key-revoke"),
]

report = [
    path("", reports.report, name="report"),
    path("uptime.csv", reports.report_csv, name="report-csv"),
    path("uptime.json", reports.report_json, name="report-json"),
    path("by-email/", report_schedules.schedules, name="report-schedules"),
    path("by-email/add/", report_schedules.add, name="report-schedule-add"),
    path("by-email/<int:schedule_id>/", report_schedules.edit, name="report-schedule-edit"),
    path(
        "by-email/<int:schedule_id>/delete/", report_schedules.delete, name="report-schedule-delete"
    ),
    path("by-email/<int:schedule_id>/send/", report_schedules.send, name="report-schedule-send"),
]

status_page = [
    path("", status_pages.show, name="status-page-show"),
    path("edit/", status_pages.edit, name="status-page-edit"),
    path("delete/", status_pages.delete, name="status-page-delete"),
    path("notices/add/", status_pages.add_notice, name="status-notice-add"),
    path("notices/<int:notice_id>/", status_pages.notice, name="status-notice"),
]

badge = [
    path("switch/", badges.switch, name="badge-switch"),
    path("new-address/", badges.rotate, name="badge-rotate"),
    path("delete/", badges.delete, name="badge-delete"),
]

public_badge = [
    path(
        f"{figure}.{ending}",
        public_badges.show,
        {"figure": figure, "ending": ending},
        name=f"public-badge-{figure}-{ending}",
    )
    for figure in Figure
    for ending in public_badges.FORMATS
]

wall_display = [
    path("switch/", wall_displays.switch, name="wall-display-switch"),
    path("new-address/", wall_displays.rotate, name="wall-display-rotate"),
    path("delete/", wall_displays.delete, name="wall-display-delete"),
]

public_page = [
    path("", public.show, name="public-page"),
    path("history/", public.history, name="public-history"),
    path("feed.atom", public.feed, name="public-feed"),
    path("colours.css", public.colours, name="public-colours"),
    *(
        path(f"api/v2/{name}.json", public.as_json, {"name": name}, name=f"public-{name}")
        for name in statuspage_json.NAMES
    ),
]

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("filters/add/", saved_filters.save, name="saved-filter-add"),
    path("filters/<int:filter_id>/delete/", saved_filters.delete, name="saved-filter-delete"),
    path("services/add/", services.add, name="service-add"),
    path("services/defaults/", service_defaults.defaults, name="service-defaults"),
    path("services/change/", many_services.change, name="services-change"),
    path("services/change/setting/", many_settings.change_setting, name="services-change-setting"),
    path("services/deleted/", deleted_services.deleted, name="services-deleted"),
    path("services/<int:service_id>/", include(service)),
    path("incidents/", include(incident)),
    path("incidents.csv", incidents.export, name="incidents-csv"),
    path("events/", events.events, name="events"),
    path("channels/", channels.index, name="channels"),
    path("channels/new/", channels.add, name="channel-add"),
    path("channels/<int:channel_id>/", include(channel)),
    path("reports/", include(report)),
    path("maintenance/", maintenance.listing, name="maintenance"),
    path("maintenance/add/", maintenance.add, name="maintenance-add"),
    path("maintenance/<int:window_id>/", include(maintenance_window)),
    path("status-pages/", status_pages.index, name="status-pages"),
    path("status-pages/add/", status_pages.add, name="status-page-add"),
    path("status-pages/<int:page_id>/", include(status_page)),
    path("badges/", badges.index, name="badges"),
    path("badges/add/", badges.add, name="badge-add"),
    path("badges/<int:badge_id>/", include(badge)),
    # A slug has the characters of a token.
    path("badge/<slug:token>/", include(public_badge)),
    path("status/<slug:slug>/", include(public_page)),
    path("walls/", wall_displays.index, name="wall-displays"),
    path("walls/add/", wall_displays.add, name="wall-display-add"),
    path("walls/<int:display_id>/", include(wall_display)),
    path("wall/<slug:token>/", public_wall.show, name="public-wall"),
    path("setup/", accounts.setup, name="setup"),
    path("accounts/", include(account)),
    path("profile/", profile.show, name="profile"),
    path("api/v1/", api_paths()),
    path("checkers/", health.checkers, name="checkers"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
]
