"""The worker of the dashboard with less patience, for a test that cannot wait a minute."""

from uptime_site import worker

worker.ARRIVES_WITHIN_S = 1
worker.LIMITS |= {"channel_timeout": 1, "cleanup_interval": 1}


class HastyWorker(worker.BufferingWorker):
    pass
