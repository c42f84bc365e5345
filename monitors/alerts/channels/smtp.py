"""Django's SMTP backend, which also tells what the server said."""

import smtplib
from typing import Any, cast

from django.core.mail.backends.smtp import EmailBackend

_OK = 250


class _Answering(smtplib.SMTP):
    taken = (0, b"")
    """The answer to the mail itself."""
    refused: dict[str, tuple[int, bytes]] = {}
    """Recipients that were refused while others were not: smtplib raises only for all."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.taken = super().data(msg)
        return self.taken

    def sendmail(self, *args: Any, **kwargs: Any) -> dict[str, tuple[int, bytes]]:
        self.refused = super().sendmail(*args, **kwargs)
        return self.refused


class _AnsweringWithTls(_Answering, smtplib.SMTP_SSL):
    pass


class AnsweringBackend(EmailBackend):
    """For one mail."""

    _session: _Answering | None = None

    @property
    def connection_class(self) -> type[_Answering]:
        return _AnsweringWithTls if self.use_ssl else _Answering

    def open(self) -> bool | None:
        is_new = super().open()
        self._session = cast("_Answering | None", self.connection)
        return is_new

    @property
    def has_taken(self) -> bool:
        return self._session is not None and self._session.taken[0] == _OK

    @property
    def answer(self) -> str:
        if self._session is None:
            return ""
        code, text = self._session.taken
        return f"{code} {text.decode('utf-8', 'replace')}"

    @property
    def refused(self) -> dict[str, tuple[int, bytes]]:
        return self._session.refused if self._session is not None else {}
