/* SPDX-License-Identifier: MIT */
/*
 * Runs the suites of suites.h in floor order, or only those with argv[1] in their name. The last
 * line of output is "N passed, N failed", which counts tests; exit code 1 when anything failed.
 */
#include <CUnit/Basic.h>

#include "base/text.h"
#include "suites.h"

/* Register the suites whose name contains part. */
static bool register_suites(const char *part)
{
	for (const CU_SuiteInfo *suite = suites; suite->pName; suite++) {
		CU_SuiteInfo one[] = { *suite, CU_SUITE_INFO_NULL };

		if (strstr(suite->pName, part) && CU_register_suites(one) != CUE_SUCCESS)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	unsigned run, failed;

	if (CU_initialize_registry() != CUE_SUCCESS || !register_suites(argc > 1 ? argv[1] : "")) {
		fprintf(stderr, "%s\n", CU_get_error_msg());
		return 1;
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	run = CU_get_number_of_tests_run();
	/* A suite that cannot be set up runs no tests, and must not count as success. */
	failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
	CU_cleanup_registry();
	printf("\n%u passed, %u failed\n", run < failed ? 0 : run - failed, failed);
	return run == 0 || failed > 0;
}
