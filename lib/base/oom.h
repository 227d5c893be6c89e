/* SPDX-License-Identifier: MIT */
/*
 * Memory exhaustion ends the worker, also inside the libraries we use: json-c 0.16 loses members
 * of an object without a word when malloc fails, and the answer would be a wrong 200.
 */
#ifndef BASE_OOM_H
#define BASE_OOM_H

/* Does nothing; a reference to it makes the linker take oom.c out of the static library. */
void oom_guard(void);

#endif
