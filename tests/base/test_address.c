/* SPDX-License-Identifier: MIT */
/* Addresses that are public and those that are not: the ends of each block, and its neighbours. */
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "base/address.h"
#include "base/text.h"

static const struct row {
	const char *address;
	bool is_public;
} rows[] = {
	{ "1.1.1.1", true },
	{ "8.8.8.8", true },
	{ "0.0.0.0", false },
	{ "0.255.255.255", false },
	{ "1.0.0.0", true },
	{ "9.255.255.255", true },
	{ "10.0.0.0", false },
	{ "10.255.255.255", false },
	{ "11.0.0.0", true },
	{ "100.63.255.255", true },
	{ "100.64.0.0", false },
	{ "100.127.255.255", false },
	{ "100.128.0.0", true },
	{ "126.255.255.255", true },
	{ "127.0.0.1", false },
	{ "127.255.255.255", false },
	{ "128.0.0.0", true },
	{ "169.253.255.255", true },
	{ "169.254.0.0", false },
	{ "169.254.169.254", false },
	{ "169.255.0.0", true },
	{ "172.15.255.255", true },
	{ "172.16.0.0", false },
	{ "172.31.255.255", false },
	{ "172.32.0.0", true },
	{ "191.255.255.255", true },
	{ "192.0.0.8", false },
	{ "192.0.1.0", true },
	{ "192.0.2.1", false },
	{ "192.88.99.1", false },
	{ "192.167.255.255", true },
	{ "192.168.0.0", false },
	{ "192.168.255.255", false },
	{ "192.169.0.0", true },
	{ "198.17.255.255", true },
	{ "198.18.0.0", false },
	{ "198.19.255.255", false },
	{ "198.20.0.0", true },
	{ "198.51.100.7", false },
	{ "203.0.113.7", false },
	{ "223.255.255.255", true },
	{ "224.0.0.1", false },
	{ "239.255.255.255", false },
	{ "240.0.0.0", false },
	{ "255.255.255.255", false },
	{ "::", false },
	{ "::1", false },
	{ "::127.0.0.1", false },
	{ "::ffff:127.0.0.1", false },
	{ "::ffff:10.0.0.1", false },
	{ "::ffff:8.8.8.8", false },
	{ "64:ff9b::7f00:1", false },
	{ "64:ff9b:1::1", false },
	{ "100::1", false },
	{ "1fff:ffff::1", false },
	{ "2000::1", true },
	{ "2001::1", false }, /* Teredo */
	{ "2001:1ff:ffff::1", false },
	{ "2001:200::1", true },
	{ "2001:db7:ffff::1", true },
	{ "2001:db8::1", false },
	{ "2001:db9::1", true },
	{ "2001:4860:4860::8888", true },
	{ "2002:7f00:1::1", false },
	{ "2003::1", true },
	{ "2606:4700::1", true },
	{ "3ffe:ffff::1", true },
	{ "3fff::1", false },
	{ "3fff:fff:ffff::1", false },
	{ "3fff:1000::1", true },
	{ "4000::1", false },
	{ "fc00::1", false },
	{ "fdff::1", false },
	{ "fe80::1", false },
	{ "fec0::1", false },
	{ "ff02::1", false },
};

static const struct sockaddr *parse(const char *text, struct sockaddr_storage *storage)
{
	struct sockaddr_in *in = (struct sockaddr_in *)storage;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;

	memset(storage, 0, sizeof(*storage));
	storage->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	CU_ASSERT_EQUAL_FATAL(inet_pton(storage->ss_family, text,
				      strchr(text, ':') ? (void *)&in6->sin6_addr : &in->sin_addr),
		1);
	return (const struct sockaddr *)storage;
}

static void blocks_end_where_they_should(void)
{
	struct sockaddr_storage storage;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool right =
			address_is_public(parse(rows[i].address, &storage)) == rows[i].is_public &&
			address_literal_is_public(rows[i].address) == rows[i].is_public;

		CU_ASSERT_TRUE(right);
		if (!right)
			printf("\n%s", rows[i].address);
	}
}

static void other_families_are_not_public(void)
{
	const struct sockaddr_un un = { .sun_family = AF_UNIX };

	CU_ASSERT_FALSE(address_is_public((const struct sockaddr *)&un));
}

static void names_are_not_looked_up(void)
{
	CU_ASSERT_TRUE(address_literal_is_public("localhost"));
	CU_ASSERT_TRUE(address_literal_is_public("10.example.com"));
	CU_ASSERT_TRUE(address_literal_is_public(""));
	CU_ASSERT_FALSE(address_literal_is_public("[::1]"));
	CU_ASSERT_TRUE(address_literal_is_public("[2606:4700::1]"));
}

CU_TestInfo address_tests[] = {
	{ "each block ends where it should", blocks_end_where_they_should },
	{ "other families are not public", other_families_are_not_public },
	{ "names are not looked up", names_are_not_looked_up },
	CU_TEST_INFO_NULL,
};
