"""Where a message may be sent at all: to addresses that anybody on the internet could reach, and nowhere inside.

A name is resolved once, every address of it is looked at, and the connection goes to one of those: a name that answers
otherwise a moment later leads nowhere else.
"""

import ipaddress
import socket

from . import DeliveryError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# These carry an IPv4 address inside that a gateway on the way would unpack.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses of a host, or raise DeliveryError if there are none or one of them is not public."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(f"the receiver could not be found ({type(error).__name__})") from error
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not found or not all(is_public(each) for each in found):
        raise DeliveryError("the receiver lies in a private network", permanent=True)
    return found


def is_public(text: str) -> bool:
    """Whether an address belongs to the internet: not to this machine, this network, this provider or to many at once."""
    address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def _innermost(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    return inner or address
