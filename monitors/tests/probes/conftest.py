from collections.abc import Iterator
from pathlib import Path

import pytest

from monitors.net import tls
from monitors.tests.zoo import Authorities


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return Authorities()


@pytest.fixture(autouse=True)
def _trust(
    authorities: Authorities, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let checks trust the zoo's good authority, the way an administrator would."""
    authorities.trusted.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    tls.context.cache_clear()
    yield
    tls.context.cache_clear()
