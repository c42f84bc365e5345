from collections.abc import Iterator

import pytest

from monitors.net import tls
from monitors.tests.zoo import Authorities


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return Authorities()


@pytest.fixture(autouse=True, scope="module")
def _trust(authorities: Authorities, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let checks trust the zoo's good authority, the way an administrator would."""
    path = tmp_path_factory.mktemp("trusted") / "authority.pem"
    authorities.trusted.cert_pem.write_to_path(path)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(path))
        tls.forget_contexts()
        yield
        tls.forget_contexts()
