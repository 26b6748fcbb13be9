// SPDX-License-Identifier: GPL-2.0
/* What the kernel log complains of about the modules. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "error.h"
#include "finding.h"
#include "modules.h"
#include "paths.h"

#define MAX_RECORD 8192
#define MAX_SHOWN 3
#define WARNING_LEVEL 4

struct complaint {
	double seconds;		/* since the boot */
	const char *text;
};

/* What stands in a complaint, and what to do; the last one is of any other. */
static const struct {
	const char *text;
	const char *advice;
} advices[] = {
	{ "disagrees about version", "build the three modules anew, together, for this kernel" },
	{ "Unknown symbol", "insmod loads no dependencies: modprobe report_mod" },
	{ "version magic", "build the modules for this kernel" },
	{ "is built for core interface", "install the three modules of one version" },
	{ "is rejected", "sign the modules with a key that the kernel trusts" },
	{ "Lockdown", "sign the modules with a key that the kernel trusts" },
	{ "", "see dmesg for what is around it" },
};

/* Any module from outside the kernel's tree says such, or is listed where anything goes wrong. */
static const char *const harmless[] = { "taints kernel", "tainting kernel", "Modules linked in" };

/* A record of /dev/kmsg a read; of a file, as much as there is. NULL with errno set. */
static char *read_log(void)
{
	char *path = path_of("/dev/kmsg");
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *log = NULL;
	size_t len = 0;
	ssize_t n;

	free(path);
	if (fd < 0)
		return NULL;
	for (;;) {
		log = xrealloc(log, len + MAX_RECORD + 1, 1);
		n = read(fd, log + len, MAX_RECORD);
		/* What was next has been written over meanwhile: go on with what there is. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			break;
		len += n;
	}
	close(fd);
	log[len] = '\0';
	return log;
}

static bool names_us(const char *text)
{
	for (int i = 0; i < N_MODULES; i++)
		if (strstr(text, modules[i]))
			return true;
	return false;
}

/* The kernel does not name whom it refuses for want of a signature. */
static bool is_refusal(const char *text)
{
	return (!strncmp(text, "Loading of ", 11) && strstr(text, "is rejected")) ||
	       (!strncmp(text, "Lockdown: ", 10) && strstr(text, "module"));
}

static bool is_harmless(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (strstr(text, harmless[i]))
			return true;
	return false;
}

/* A record is "priority,number,microseconds,...;text"; what follows it begins with a space. */
static bool parse(const char *line, struct complaint *c)
{
	const char *text = strchr(line, ';');
	unsigned int priority;
	double microseconds;

	if (!text || sscanf(line, "%u,%*u,%lf,", &priority, &microseconds) != 2)
		return false;
	*c = (struct complaint){ microseconds / 1e6, text + 1 };
	if (is_refusal(c->text))
		return true;
	return (priority & 7) <= WARNING_LEVEL && names_us(c->text) && !is_harmless(c->text);
}

static const char *advice_on(const char *text)
{
	size_t i = 0;

	while (!strstr(text, advices[i].text))
		i++;
	return advices[i].advice;
}

/* The last ones, the earliest of them first. */
static size_t last_complaints(char *log, struct complaint *last)
{
	size_t n = 0;
	char *line;

	while ((line = strsep(&log, "\n"))) {
		struct complaint c;

		if (!parse(line, &c))
			continue;
		if (n == MAX_SHOWN)
			memmove(last, last + 1, --n * sizeof(*last));
		last[n++] = c;
	}
	return n;
}

static bool all_loaded(void)
{
	for (int i = 0; i < N_MODULES; i++)
		if (!module_is_loaded(modules[i]))
			return false;
	return true;
}

/* A complaint does not go away with its cause: once all are loaded it is history. */
static void tell(struct patient *p, const struct complaint *c, bool loaded)
{
	if (loaded)
		finding_ok(p, "log: earlier, [%.6f] %s", c->seconds, c->text);
	else
		finding_add(p, LOGGED, "log: [%.6f] %s: %s", c->seconds, c->text,
			    advice_on(c->text));
}

void check_log(struct patient *p)
{
	struct complaint last[MAX_SHOWN];
	char *log = read_log();
	bool loaded;
	size_t n;

	if (!log) {
		finding_unseen("log: cannot read /dev/kmsg: %s%s", strerror(errno),
			       errno == EACCES || errno == EPERM ?
			       ": ask as root to see what the kernel says" : "");
		return;
	}
	n = last_complaints(log, last);
	loaded = all_loaded();
	for (size_t i = 0; i < n; i++)
		tell(p, &last[i], loaded);
	if (!n)
		finding_ok(p, "log: no complaint about the modules");
	free(log);
}
