// SPDX-License-Identifier: GPL-2.0
/* The port to the page, and JSON. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "agent.h"

static int port;
static char line[16384];
static size_t used;

void die(const char *what)
{
	fprintf(stderr, "lab-agent: %s: %s\n", what, strerror(errno));
	exit(1);
}

void open_port(const char *path)
{
	struct termios t;

	port = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (port < 0 || tcgetattr(port, &t))
		die(path);
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	t.c_cflag |= CLOCAL | CREAD;
	if (tcsetattr(port, TCSANOW, &t) || tcflush(port, TCIOFLUSH))
		die(path);
}

int port_fd(void)
{
	return port;
}

/* What has no room is left out: a page makes nothing of half an object. */
void put(const char *text)
{
	size_t len = strlen(text);

	if (used + len >= sizeof(line))
		return;
	memcpy(line + used, text, len);
	used += len;
}

void quote(const char *text, size_t len)
{
	char escaped[7];

	put("\"");
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (c == '"' || c == '\\')
			snprintf(escaped, sizeof(escaped), "\\%c", c);
		else if (c < ' ' || c > '~')
			snprintf(escaped, sizeof(escaped), "\\u%04x", c);
		else
			snprintf(escaped, sizeof(escaped), "%c", c);
		put(escaped);
	}
	put("\"");
}

void begin(const char *type)
{
	used = 0;
	put("{\"t\":");
	quote(type, strlen(type));
}

void raw(const char *name)
{
	put(",\"");
	put(name);
	put("\":");
}

void member(const char *name, const char *text)
{
	raw(name);
	quote(text, strlen(text));
}

void number(const char *name, long value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%ld", value);
	raw(name);
	put(digits);
}

void send_it(void)
{
	size_t done = 0;

	if (used > sizeof(line) - 16)
		return;
	put("}\n");
	while (done < used) {
		ssize_t len = write(port, line + done, used - done);

		if (len < 0 && errno != EINTR)
			die("write");
		if (len > 0)
			done += len;
	}
}
