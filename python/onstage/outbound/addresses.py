"""Which addresses are the public internet's.

From the IANA special-purpose address registries (RFC 6890 and its updates) and the clouds' documentation: their
metadata services hand out credentials to whoever can send a request from inside.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC = {
    "0.0.0.0/8": "unspecified",
    "10.0.0.0/8": "private",
    "100.64.0.0/10": "shared (carrier-grade NAT)",
    "127.0.0.0/8": "loopback",
    "168.63.129.16/32": "a cloud's metadata service",  # Azure's, among public addresses
    "169.254.0.0/16": "link-local",  # AWS, Google, Azure: metadata at 169.254.169.254
    "172.16.0.0/12": "private",
    "192.0.0.0/24": "reserved for protocols",
    "192.0.2.0/24": "for documentation",
    "192.88.99.0/24": "a 6to4 relay",
    "192.168.0.0/16": "private",
    "198.18.0.0/15": "for benchmarks",
    "198.51.100.0/24": "for documentation",
    "203.0.113.0/24": "for documentation",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
    "::/128": "unspecified",
    "::1/128": "loopback",
    "::/96": "an IPv4 address in IPv6",
    "::ffff:0:0/96": "an IPv4 address in IPv6",
    "::ffff:0:0:0/96": "an IPv4 address in IPv6",
    "64:ff9b::/96": "an IPv4 address in IPv6 (NAT64)",
    "64:ff9b:1::/48": "an IPv4 address in IPv6 (NAT64)",
    "100::/64": "discarded",
    "2001::/32": "an IPv4 address in IPv6 (Teredo)",
    "2001::/23": "reserved for protocols",
    "2001:db8::/32": "for documentation",
    "2002::/16": "an IPv4 address in IPv6 (6to4)",
    "3fff::/20": "for documentation",
    "fc00::/7": "private",
    "fe80::/10": "link-local",
    "fec0::/10": "private",
    "ff00::/8": "multicast",
}
_NETWORKS: list[tuple[Network, str]] = [(ip_network(text), why) for text, why in _NOT_PUBLIC.items()]
_GLOBAL_UNICAST = ip_network("2000::/3")  # RFC 4291, 2.4: of IPv6, only this has been given out


def why_not_public(address: Address) -> str | None:
    """What the address is instead of public; None if it is public."""
    for network, why in _NETWORKS:
        if address in network:
            return why
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    return None
