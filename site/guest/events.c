// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel does with modules, by its tracepoints, as perf reads them: tracefs is left to
 * whoever sits at the terminal.
 */
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

#define EVENTS "/sys/kernel/tracing/events/"
/* Pages for what has not been read yet: a power of two. */
#define PAGES 16

/* An event: what it is called when it is told, or which call it is the end of. */
static struct kind {
	const char *place;
	const char *told;
	const char *call;
	int id;
	int text;	/* where its record has the module's name, */
	int count;	/* the reference count, */
	int value;	/* what a call returns */
} kinds[] = {
	{ .place = "module/module_load", .told = "load" },
	{ .place = "module/module_free", .told = "free" },
	{ .place = "module/module_get", .told = "get" },
	{ .place = "module/module_put", .told = "put" },
	{ .place = "module/module_request", .told = "request" },
	{ .place = "syscalls/sys_exit_init_module", .call = "init_module" },
	{ .place = "syscalls/sys_exit_finit_module", .call = "finit_module" },
	{ .place = "syscalls/sys_exit_delete_module", .call = "delete_module" },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

struct __attribute__((packed)) sample {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t time;
	uint32_t size;
	char raw[];
};

static struct perf_event_mmap_page *ring;
static size_t page;

static FILE *open_file(const struct kind *kind, const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), EVENTS "%s/%s", kind->place, name);
	file = fopen(path, "re");
	if (!file)
		die(path);
	return file;
}

/* "	field:int refcnt;	offset:12;	size:4;	signed:1;" */
static void read_format(struct kind *kind)
{
	FILE *file = open_file(kind, "id");
	char line[256], *offset;

	if (fscanf(file, "%d", &kind->id) != 1)
		die(kind->place);
	fclose(file);
	file = open_file(kind, "format");
	while (fgets(line, sizeof(line), file)) {
		offset = strstr(line, "offset:");
		if (!offset)
			continue;
		if (strstr(line, " name;"))
			kind->text = atoi(offset + strlen("offset:"));
		else if (strstr(line, " refcnt;"))
			kind->count = atoi(offset + strlen("offset:"));
		else if (strstr(line, " ret;"))
			kind->value = atoi(offset + strlen("offset:"));
	}
	fclose(file);
}

static int open_event(const struct kind *kind)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.config = kind->id,
		.sample_period = 1,
		.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
		.wakeup_events = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);

	if (fd < 0)
		die("perf_event_open");
	return fd;
}

int open_events(void)
{
	int first = -1, fd;

	page = sysconf(_SC_PAGESIZE);
	for (size_t i = 0; i < KINDS; i++) {
		read_format(&kinds[i]);
		fd = open_event(&kinds[i]);
		if (first < 0)
			first = fd;
		if (!ring) {
			ring = mmap(NULL, (1 + PAGES) * page, PROT_READ | PROT_WRITE, MAP_SHARED,
				    fd, 0);
			if (ring == MAP_FAILED)
				die("mmap");
		} else if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, first)) {
			die("PERF_EVENT_IOC_SET_OUTPUT");
		}
	}
	return first;
}

static uint32_t number32(const struct sample *sample, int offset)
{
	uint32_t value;

	memcpy(&value, sample->raw + offset, sizeof(value));
	return value;
}

static void read_comm(pid_t pid, char *comm, size_t size)
{
	char path[32];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file || !fgets(comm, size, file))
		snprintf(comm, size, "?");
	comm[strcspn(comm, "\n")] = '\0';
	if (file)
		fclose(file);
}

static void tell_event(const struct kind *kind, const struct sample *sample,
		       const struct command *one)
{
	char comm[20], at[32];

	read_comm(sample->pid, comm, sizeof(comm));
	snprintf(at, sizeof(at), "%.6f", sample->time / 1e9);
	begin(kind->told);
	member("module", sample->raw + (number32(sample, kind->text) & 0xffff));
	member("command", one ? one->line : comm);
	number("pid", sample->pid);
	member("at", at);
	if (kind->count)
		number("refcnt", number32(sample, kind->count));
	send_it();
}

/* A call that failed is told with the end of its command. */
static void note_call(const struct kind *kind, const struct sample *sample, struct command *one)
{
	int value = number32(sample, kind->value);

	if (!one || value >= 0)
		return;
	one->error = -value;
	snprintf(one->call, sizeof(one->call), "%s", kind->call);
}

static bool serve(const struct sample *sample)
{
	struct command *one = command_of(sample->pid);
	uint16_t id;

	if (sample->header.type != PERF_RECORD_SAMPLE || (one && one->ours))
		return false;
	memcpy(&id, sample->raw, sizeof(id));
	for (const struct kind *kind = kinds; kind < kinds + KINDS; kind++) {
		if (kind->id != id)
			continue;
		if (kind->call)
			note_call(kind, sample, one);
		else
			tell_event(kind, sample, one);
		return !kind->call;
	}
	return false;
}

/* Tells what happened since; whether anything did. A record may begin at the end of the ring. */
bool tell_events(void)
{
	static char copy[4096] __attribute__((aligned(8)));
	uint64_t head = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring->data_tail;
	const char *data = (char *)ring + page;
	size_t size = PAGES * page;
	bool any = false;

	while (tail < head) {
		struct perf_event_header header;

		memcpy(&header, data + tail % size, sizeof(header));
		for (size_t i = 0; i < header.size && i < sizeof(copy) - 1; i++)
			copy[i] = data[(tail + i) % size];
		any |= serve((void *)copy);
		tail += header.size;
	}
	__atomic_store_n(&ring->data_tail, tail, __ATOMIC_RELEASE);
	return any;
}
