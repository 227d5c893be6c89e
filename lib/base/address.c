/* SPDX-License-Identifier: MIT */
/* The table of addresses that are not public. Looks no name up. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/text.h"

struct block {
	const char *address;
	int bits;
};

enum {
	IPV6_BYTES = 16,
	LITERAL_BYTES = 64
};

/* https://www.iana.org/assignments/iana-ipv4-special-registry, multicast, reserved */
static const struct block not_public4[] = {
	{ "0.0.0.0", 8 }, /* this network */
	{ "10.0.0.0", 8 }, /* private */
	{ "100.64.0.0", 10 }, /* shared: CGNAT */
	{ "127.0.0.0", 8 }, /* loopback */
	{ "169.254.0.0", 16 }, /* link-local: metadata services of clouds */
	{ "172.16.0.0", 12 }, /* private */
	{ "192.0.0.0", 24 }, /* protocol assignments */
	{ "192.0.2.0", 24 }, /* documentation */
	{ "192.88.99.0", 24 }, /* 6to4 relays */
	{ "192.168.0.0", 16 }, /* private */
	{ "198.18.0.0", 15 }, /* benchmarks */
	{ "198.51.100.0", 24 }, /* documentation */
	{ "203.0.113.0", 24 }, /* documentation */
	{ "224.0.0.0", 4 }, /* multicast */
	{ "240.0.0.0", 4 }, /* reserved, broadcast */
};

/* Global unicast: all else is loopback, mapped, NAT64, local, multicast or not given out. */
static const struct block public6 = { "2000::", 3 };

/* https://www.iana.org/assignments/iana-ipv6-special-registry, within global unicast */
static const struct block not_public6[] = {
	{ "2001::", 23 }, /* protocol assignments: Teredo, ORCHID, benchmarks */
	{ "2001:db8::", 32 }, /* documentation */
	{ "2002::", 16 }, /* 6to4: carries an IPv4 address */
	{ "3fff::", 20 }, /* documentation */
};

static bool is_in(const struct block *block, int family, const unsigned char *address)
{
	unsigned char prefix[IPV6_BYTES];
	int whole = block->bits / 8, rest = block->bits % 8;
	unsigned char mask = (unsigned char)(0xff00 >> rest);

	if (inet_pton(family, block->address, prefix) != 1)
		abort(); /* the table is wrong */
	if (memcmp(address, prefix, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((address[whole] ^ prefix[whole]) & mask) == 0;
}

static bool is_public4(const unsigned char *address)
{
	size_t i;

	for (i = 0; i < sizeof(not_public4) / sizeof(*not_public4); i++)
		if (is_in(&not_public4[i], AF_INET, address))
			return false;
	return true;
}

static bool is_public6(const unsigned char *address)
{
	size_t i;

	if (!is_in(&public6, AF_INET6, address))
		return false;
	for (i = 0; i < sizeof(not_public6) / sizeof(*not_public6); i++)
		if (is_in(&not_public6[i], AF_INET6, address))
			return false;
	return true;
}

bool address_is_public(const struct sockaddr *address)
{
	const void *any = address;

	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = any;

		return is_public4((const unsigned char *)&in->sin_addr);
	}
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = any;

		return is_public6(in6->sin6_addr.s6_addr);
	}
	return false;
}

bool address_literal_is_public(const char *host)
{
	unsigned char address[IPV6_BYTES];
	char plain[LITERAL_BYTES];
	size_t len = strlen(host);

	if (inet_pton(AF_INET, host, address) == 1)
		return is_public4(address);
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len >= sizeof(plain))
		return true;
	memcpy(plain, host, len);
	plain[len] = '\0';
	return inet_pton(AF_INET6, plain, address) != 1 || is_public6(address);
}
