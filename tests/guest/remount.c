// SPDX-License-Identifier: GPL-2.0
/*
 * remount MOUNT FILE OPTIONS OPTIONS: gives a mounted proc, MOUNT, these options by turns, while
 * other processes open FILE, all as often as they can, until standard input ends.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPENERS 2

static void open_for_ever(const char *file)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		close(open(file, O_RDONLY));
}

int main(int argc, char **argv)
{
	struct pollfd input = { .fd = 0, .events = POLLIN };
	pid_t openers[OPENERS];
	int n;

	if (argc != 5)
		return 2;
	for (n = 0; n < OPENERS; n++) {
		openers[n] = fork();
		if (!openers[n])
			open_for_ever(argv[2]);
	}
	for (n = 0; !poll(&input, 1, 0); n++) {
		if (mount("proc", argv[1], "proc", MS_REMOUNT, argv[3 + n % 2])) {
			perror("remount");
			break;
		}
	}
	for (n = 0; n < OPENERS; n++)
		kill(openers[n], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
