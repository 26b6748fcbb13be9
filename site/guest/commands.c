// SPDX-License-Identifier: GPL-2.0
/*
 * Which command a process is. The kernel's process connector tells of each that begins or ends; as
 * the agent goes before all others, it reads a command's words before that has done anything.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

#define KNOWN 128

static int connector;
static struct command known[KNOWN];
static struct { pid_t pid; int status; } ended[KNOWN];
static int ends;

int open_commands(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = CN_IDX_PROC };
	struct __attribute__((packed)) {
		struct nlmsghdr header;
		struct cn_msg message;
		enum proc_cn_mcast_op op;
	} wish = {
		.header = { .nlmsg_len = sizeof(wish), .nlmsg_type = NLMSG_DONE },
		.message = { .id = { CN_IDX_PROC, CN_VAL_PROC }, .len = sizeof(wish.op) },
		.op = PROC_CN_MCAST_LISTEN,
	};

	connector = socket(PF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   NETLINK_CONNECTOR);
	if (connector < 0 || bind(connector, (struct sockaddr *)&address, sizeof(address)) ||
	    send(connector, &wish, sizeof(wish), 0) < 0)
		die("process connector");
	return connector;
}

struct command *command_of(pid_t pid)
{
	struct command *one = &known[pid % KNOWN];

	return one->pid == pid ? one : NULL;
}

static void begun(pid_t pid)
{
	struct command *one = &known[pid % KNOWN];
	char path[32];
	ssize_t len;
	int fd;

	memset(one, 0, sizeof(*one));
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	len = read(fd, one->line, sizeof(one->line) - 1);
	close(fd);
	if (len <= 0)
		return;
	for (ssize_t i = 0; i < len - 1; i++)
		if (!one->line[i])
			one->line[i] = ' ';
	one->pid = pid;
	one->ours = getsid(pid) == getsid(0);
}

void read_commands(void)
{
	char data[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header = (void *)data;
	const struct cn_msg *message;
	const struct proc_event *event;

	while (recv(connector, data, sizeof(data), 0) > 0) {
		message = NLMSG_DATA(header);
		event = (const void *)message->data;
		if (event->what == PROC_EVENT_EXEC) {
			begun(event->event_data.exec.process_tgid);
		} else if (event->what == PROC_EVENT_EXIT && ends < KNOWN &&
			   event->event_data.exit.process_pid ==
			   event->event_data.exit.process_tgid) {
			ended[ends].pid = event->event_data.exit.process_pid;
			ended[ends++].status = event->event_data.exit.exit_code;
		}
	}
}

/* Tells which commands have ended, after what the kernel did for them; whether there were any. */
bool tell_ends(void)
{
	bool any = false;

	for (int i = 0; i < ends; i++) {
		struct command *one = command_of(ended[i].pid);
		int status = ended[i].status;

		if (!one)
			continue;
		if (!one->ours) {
			any = true;
			begin("end");
			member("command", one->line);
			number("pid", one->pid);
			number("status", status & 127 ? 128 + (status & 127) : status >> 8 & 255);
			if (one->error) {
				member("call", one->call);
				number("errno", one->error);
			}
			send_it();
		}
		one->pid = 0;
	}
	ends = 0;
	return any;
}
