// SPDX-License-Identifier: GPL-2.0
/*
 * tsckhz: prints by how many thousands a second the time stamp counter counts here.
 *
 * It runs on the host, whose counter an emulated processor shows its guest. However busy the host
 * is, the two clocks are read next to each other in one of many tries.
 */
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define TRIES 1000
#define MS    50

struct moment {
	long long ns;
	unsigned long long ticks;
};

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct moment look(void)
{
	unsigned long long before, after, least = -1ULL;
	struct moment best = { 0, 0 };

	for (int i = 0; i < TRIES; i++) {
		long long ns;

		before = __rdtsc();
		ns = now();
		after = __rdtsc();
		if (after - before < least) {
			least = after - before;
			best.ns = ns;
			best.ticks = before + least / 2;
		}
	}
	return best;
}

int main(void)
{
	struct moment first = look(), last;

	do
		last = look();
	while (last.ns - first.ns < MS * 1000000LL);
	printf("%lld\n", (long long)((double)(last.ticks - first.ticks) * 1e6 /
				     (double)(last.ns - first.ns) + 0.5));
	return 0;
}
