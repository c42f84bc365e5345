"""The zoo: one server a way of being up or of failing, and what is to be said of it."""

from .animal import TIMEOUT_S, Animal
from .answers import REDIRECTS, STATUS
from .content import CONTENT
from .tls import TLS
from .well import GOOD, WEAK
from .wire import LATE, PROTOCOL

__all__ = ["ANIMALS", "TIMEOUT_S", "Animal"]

ANIMALS = (*GOOD, *WEAK, *STATUS, *REDIRECTS, *LATE, *PROTOCOL, *TLS, *CONTENT)
