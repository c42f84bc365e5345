"""What a link in a message allows whoever has it to do, without logging in."""

from django.core import signing

_SALT = "monitors.acknowledge"
_MAX_LENGTH = 4_000


class BadToken(ValueError):  # noqa: N818 - reads as what it is at every raise
    """A link that was not made here, or was cut or changed on its way."""


def acknowledge_token(incident_id: int, channel_name: str) -> str:
    """Give what allows one incident to be acknowledged in the name of a channel.

    It has no time in it, so that every attempt of a message says the same. It does not expire:
    it is good for one incident, and worth nothing when that is over.
    """
    return signing.Signer(salt=_SALT).sign_object([incident_id, channel_name])


def read_acknowledge_token(token: str) -> tuple[int, str]:
    """Give the incident's id and the name of the channel. Raises BadToken."""
    try:
        # Else the work would be as long as an address may be.
        incident_id, channel_name = signing.Signer(salt=_SALT).unsign_object(token[:_MAX_LENGTH])
    except (signing.BadSignature, ValueError) as bad:
        raise BadToken from bad
    return incident_id, channel_name
