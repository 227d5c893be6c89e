/* SPDX-License-Identifier: MIT */
/* Which network addresses lie in the public internet (RFC 6890 and IANA's special registries). */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * May a server that must not reach its own network connect there? False for loopback, private,
 * link-local, shared (CGNAT), multicast, documentation and reserved addresses, for IPv6 addresses
 * that carry an IPv4 one (mapped, 6to4, NAT64, Teredo), and for other families.
 */
bool address_is_public(const struct sockaddr *address);

/*
 * The same of a host as a URL writes it: false only when it is an address, an IPv6 one with or
 * without brackets, and not public. A name is not looked up.
 */
bool address_literal_is_public(const char *host);

#endif
