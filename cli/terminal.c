// SPDX-License-Identifier: GPL-2.0
#include "terminal.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "array.h"
#include "error.h"

/* Another screen, and no cursor on it; then back again. */
#define TAKE "\033[?1049h\033[?25l"
#define GIVE "\033[?25h\033[?1049l"

/* All that would end this process without a fault of its own, and two that do not. */
static const int signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPIPE,
	SIGXCPU, SIGTSTP, SIGWINCH
};

static struct termios before;
static bool taken, has_keys;
static volatile sig_atomic_t ended, stopped, resized;
static sigset_t outside;

static void note(int signal)
{
	if (signal == SIGTSTP)
		stopped = 1;
	else if (signal == SIGWINCH)
		resized = 1;
	else
		ended = 1;
}

/* They arrive only where terminal_wait() waits; what is ignored stays so. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = note }, old;
	sigset_t ours;

	sigemptyset(&ours);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler == SIG_IGN)
			continue;
		sigaddset(&ours, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &ours, &outside);
}

static void draw_on(void)
{
	struct termios keys = before;

	keys.c_lflag &= ~(ICANON | ECHO);
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
	fputs(TAKE, stdout);
	taken = true;
}

static void give_back(void)
{
	if (!taken)
		return;
	fputs(GIVE, stdout);
	fflush(stdout);
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	taken = false;
}

bool terminal_take(void)
{
	const char *type = getenv("TERM");

	if (!isatty(STDOUT_FILENO) || !type || !*type || !strcmp(type, "dumb"))
		return false;
	catch_signals();
	has_keys = !tcgetattr(STDIN_FILENO, &before);
	atexit(give_back);
	before_message = give_back;
	draw_on();
	return true;
}

void terminal_size(size_t *rows, size_t *columns)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*rows = size.ws_row ? size.ws_row : 24;
	*columns = size.ws_col ? size.ws_col : 80;
}

/* As a shell stops any other program: with the terminal as it was. */
static void stop(void)
{
	sigset_t blocked;

	stopped = 0;
	give_back();
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, &outside, &blocked);
	/* Stopped here, until it is continued. */
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	sigaction(SIGTSTP, &(struct sigaction){ .sa_handler = note }, NULL);
	draw_on();
}

/* What a function key sends: an escape, [ or O, numbers and signs, and then a letter or a tilde. */
static const char *after_function_key(const char *at, const char *end)
{
	bool has_numbers = at < end && (*at == '[' || *at == 'O');

	at += has_numbers;
	while (has_numbers && at < end && !isalpha((unsigned char)*at) && *at != '~')
		at++;
	return at < end ? at + 1 : end;
}

/* A terminal that is gone has no more keys, and nobody who looks. */
static bool is_quit(void)
{
	char keys[32];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));
	const char *at = keys, *end = keys + n;

	if (n <= 0)
		return true;
	while (at < end) {
		char key = *at++;

		if (key == 'q' || key == 'Q')
			return true;
		if (key == '\033')
			at = after_function_key(at, end);
	}
	return false;
}

struct timespec terminal_in(double seconds)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	end.tv_nsec += (seconds - (time_t)seconds) * 1e9;
	return end;
}

static struct timespec until(const struct timespec *end)
{
	struct timespec now;
	double left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left = end->tv_sec - now.tv_sec + (end->tv_nsec - now.tv_nsec) / 1e9;
	if (left < 0)
		left = 0;
	return (struct timespec){ left, (left - (time_t)left) * 1e9 };
}

static bool is_over(const struct timespec *end)
{
	struct timespec left = until(end);

	return !left.tv_sec && !left.tv_nsec;
}

static enum event redraw_after(volatile sig_atomic_t *why)
{
	*why = 0;
	return EVENT_REDRAW;
}

enum event terminal_wait(const struct timespec *end)
{
	struct pollfd keys = { .fd = taken && has_keys ? STDIN_FILENO : -1, .events = POLLIN };

	while (!is_over(end)) {
		struct timespec left = until(end);
		int ready = ppoll(&keys, 1, &left, taken ? &outside : NULL);

		if (ended || (ready > 0 && is_quit()))
			return EVENT_QUIT;
		if (stopped) {
			stop();
			return EVENT_REDRAW;
		}
		if (resized)
			return redraw_after(&resized);
	}
	return EVENT_TIME;
}
