// SPDX-License-Identifier: GPL-2.0
/*
 * fuzzfiles SEED CALLS UID CORE WALKER REPORT: CALLS calls, of any kind and with anything, on the
 * files of /proc/taskmods and on the modules' parameters, as root or as another user.
 *
 * SEED alone decides what is called. It runs in a pid namespace of its own, where each process is
 * called "fuzz", so that it knows what it may read there: whole lines of a right form, in ascending
 * order, and of no process outside. It knows who may open what on a /proc with hidepid, and when a
 * module can be unloaded; CORE, WALKER and REPORT are the modules' files, to load them again.
 *
 * The first thing that is wrong goes to standard error, with the number of its call, and the exit
 * status is 1: as many calls with the same SEED show it again. Writes how often each kind was called.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS    12
#define MOST     65536
#define SLEEPERS 6
#define NOBODY   65534
#define SIZE(a)  (sizeof(a) / sizeof((a)[0]))

enum module { CORE, WALKER, REPORT, MODULES };

static const char *const modules[] = { "core_mod", "walker_mod", "report_mod" };
static const char *files[MODULES];

static void check_tasks(char *text, int whole);
static void check_threads(char *text, int whole);
static void check_report(char *text, int whole);
static void check_number(char *text, int whole);

/* What is opened; where @moves, its bytes are not the same at a later time. */
static const struct file {
	const char *path;
	enum module module;
	void (*check)(char *text, int whole);
	int in_proc, moves;
} all_files[] = {
	{ "taskmods/tasks", WALKER, check_tasks, 1, 0 },
	{ "taskmods/threads", WALKER, check_threads, 1, 1 },
	{ "taskmods/report", REPORT, check_report, 1, 0 },
	{ "/sys/module/walker_mod/parameters/num", WALKER, check_number, 0, 0 },
	{ "/sys/module/core_mod/parameters/mode", CORE, check_number, 0, 0 },
	{ "/sys/module/core_mod/parameters/gid", CORE, check_number, 0, 0 },
};

/* An open file: what was read of it in one go from its start, while that is known. */
struct description {
	const struct file *file;
	int users, in_order;
	size_t length;
	char content[MOST + 1];
};

static struct slot {
	int fd;
	struct description *of;
} slots[SLOTS];

static unsigned long call;
static uint64_t state;
static uid_t user;
static char hidden[] = "/tmp/fuzzfiles.XXXXXX";
static int hidepid;

static _Noreturn void wrong(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "fuzzfiles: call %lu: ", call);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	_exit(1);
}

static uint64_t any(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dULL >> 16) % below;
}

/* Mostly small, sometimes none or more than there is. */
static size_t any_size(void)
{
	static const size_t bounds[] = { 2, 8, 128, 4097, MOST + 1 };

	return any(bounds[any(SIZE(bounds))]);
}

/* Calls @each for every whole line of @text behind @header; nothing else may be there. */
static void check_lines(char *text, int whole, const char *header, int (*each)(const char *line))
{
	size_t length = strlen(header);
	int last = 0, number;

	if (strncmp(text, header, whole || strlen(text) > length ? length : strlen(text)))
		wrong("not the header: %s", text);
	if (strlen(text) <= length)
		return;
	for (char *line = text + length, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		if (!end && !whole)
			return;
		if (!end)
			wrong("the end of a line is not there: %s", line);
		*end = '\0';
		number = each(line);
		if (number <= last)
			wrong("not a line that may follow %d: %s", last, line);
		last = number;
	}
}

/* The number of the line's task, or 0 where it is not as it must be in this namespace. */
static int tasks_line(const char *line)
{
	char same[128], letter;
	int pid, ppid;

	if (sscanf(line, "%d\t%d\t%c", &pid, &ppid, &letter) != 3)
		return 0;
	snprintf(same, sizeof(same), "%d\t%d\t%c\tfuzz\t%s", pid, ppid, letter, ppid ? "fuzz" : "-");
	return !strcmp(same, line) && strchr("RSDTtXZI", letter) ? pid : 0;
}

static void check_tasks(char *text, int whole)
{
	check_lines(text, whole, "PID\tPPID\tSTATE\tCOMM\tPARENT\n", tasks_line);
}

static int threads_line(const char *line)
{
	char same[160], letter, last_run[24];
	unsigned long long cgroup;
	unsigned int uid;
	int pid, tid;

	if (sscanf(line, "%d\t%d\t%c\t%u\t%llu\t%23[0-9-]", &pid, &tid, &letter, &uid, &cgroup,
		   last_run) != 6)
		return 0;
	snprintf(same, sizeof(same), "%d\t%d\t%c\t%u\t%llu\t%s\tfuzz", pid, tid, letter, uid, cgroup,
		 last_run);
	return !strcmp(same, line) && pid == tid ? tid : 0;
}

static void check_threads(char *text, int whole)
{
	check_lines(text, whole, "PID\tTID\tSTATE\tUID\tCGROUP\tLASTRUN\tCOMM\n", threads_line);
}

static unsigned long processes, threads, rows;

static int report_line(const char *line)
{
	unsigned long of_state, of_threads;
	char name[32];

	if (sscanf(line, "%31s %lu %lu", name, &of_state, &of_threads) != 3)
		return 0;
	if (!strcmp(name, "TOTAL") && (of_state != processes || of_threads != threads))
		wrong("does not add up: %s", line);
	processes += of_state;
	threads += of_threads;
	return ++rows;
}

static void check_report(char *text, int whole)
{
	processes = threads = rows = 0;
	check_lines(text, whole, "STATE                PROCESSES   THREADS\n", report_line);
	if (whole && rows != 10)
		wrong("%lu rows of the report", rows);
}

static void check_number(char *text, int whole)
{
	if (whole && (strspn(text, "0123456789") + 1 != strlen(text) || !strchr(text, '\n')))
		wrong("not a number: %s", text);
}

/* What is read from the start, with more to come or not. */
static void check(const struct file *file, const char *text, size_t length, int whole)
{
	static char copy[MOST + 1];

	memcpy(copy, text, length);
	copy[length] = '\0';
	if (strlen(copy) != length)
		wrong("a NUL in %s", file->path);
	file->check(copy, whole);
}

static void took(struct description *of, const char *bytes, ssize_t length, size_t asked)
{
	if (length < 0)
		wrong("reading %s: %s", of->file->path, strerror(errno));
	if (!of->in_order || !asked)
		return;
	if (of->length + length > MOST)
		wrong("%s does not end", of->file->path);
	memcpy(of->content + of->length, bytes, length);
	of->length += length;
	check(of->file, of->content, of->length, !length);
}

static struct slot *free_slot(void)
{
	for (int i = 0; i < SLOTS; i++)
		if (!slots[i].of)
			return &slots[i];
	return NULL;
}

/* One that is open, or NULL. */
static struct slot *any_slot(void)
{
	int from = any(SLOTS);

	for (int i = 0; i < SLOTS; i++)
		if (slots[(from + i) % SLOTS].of)
			return &slots[(from + i) % SLOTS];
	return NULL;
}

static void path_of(const struct file *file, int on_hidden, char *path, size_t size)
{
	if (file->in_proc)
		snprintf(path, size, "%s/%s", on_hidden ? hidden : "/proc", file->path);
	else
		snprintf(path, size, "%s", file->path);
}

/* Opens a file as whoever calls, who may or may not. */
static int open_as(const struct file *file, int on_hidden, int flags, uid_t uid)
{
	int may = !file->in_proc || !on_hidden || !hidepid || !uid, fd;
	char path[128];

	path_of(file, on_hidden, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	if (may && fd < 0)
		wrong("open %s: %s", path, strerror(errno));
	if (!may && (fd >= 0 || errno != EACCES))
		wrong("%s is open to user %u, with hidepid=%d: %s", path, uid, hidepid,
		      fd < 0 ? strerror(errno) : "opened");
	return fd;
}

static void do_open(void)
{
	static const int flags[] = { 0, O_NONBLOCK, O_NOFOLLOW, O_APPEND, O_SYNC };
	const struct file *file = &all_files[any(SIZE(all_files))];
	int on_hidden = any(3) == 0, flag = flags[any(SIZE(flags))], fd;
	struct slot *slot = free_slot();

	if (!slot)
		return;
	fd = open_as(file, on_hidden, flag, user);
	if (fd < 0)
		return;
	slot->fd = fd;
	slot->of = calloc(1, sizeof(*slot->of));
	slot->of->file = file;
	slot->of->users = slot->of->in_order = 1;
}

static void close_slot(struct slot *slot)
{
	if (close(slot->fd))
		wrong("close: %s", strerror(errno));
	if (!--slot->of->users)
		free(slot->of);
	slot->of = NULL;
}

static void do_close(struct slot *slot)
{
	close_slot(slot);
}

static char buffer[MOST];

static void do_read(struct slot *slot)
{
	size_t size = any_size();

	took(slot->of, buffer, read(slot->fd, buffer, size), size);
}

static void do_read_to_the_end(struct slot *slot)
{
	size_t size = any_size() + 64;
	ssize_t length;

	do {
		length = read(slot->fd, buffer, size);
		took(slot->of, buffer, length, size);
	} while (length > 0);
}

static void do_readv(struct slot *slot)
{
	struct iovec parts[4];
	size_t total = 0;

	for (size_t i = 0; i < SIZE(parts); i++) {
		parts[i].iov_base = buffer + total;
		parts[i].iov_len = any_size() / SIZE(parts);
		total += parts[i].iov_len;
	}
	took(slot->of, buffer, readv(slot->fd, parts, SIZE(parts)), total);
}

static void do_pread(struct slot *slot)
{
	off_t from = any(2) ? 0 : (off_t)any_size();
	ssize_t length = pread(slot->fd, buffer, any_size(), from);

	if (length < 0)
		wrong("pread of %s: %s", slot->of->file->path, strerror(errno));
	if (!from)
		check(slot->of->file, buffer, length, 0);
	/* Bytes that have moved since would not fit those that follow. */
	slot->of->in_order &= !slot->of->file->moves;
}

static void do_lseek(struct slot *slot)
{
	static const int whences[] = { SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE, 77 };
	off_t to = any(2) ? 0 : (off_t)any_size() - (off_t)any(64);
	int whence = any(2) ? SEEK_SET : whences[any(SIZE(whences))];

	if (lseek(slot->fd, to, whence) < 0) {
		if (!to && whence == SEEK_SET)
			wrong("lseek to the start of %s: %s", slot->of->file->path, strerror(errno));
		return;
	}
	if (!to && whence == SEEK_CUR)
		return;
	slot->of->in_order = !to && whence == SEEK_SET;
	slot->of->length = 0;
}

/* What goes through a pipe comes out of it as it was. */
static void through_a_pipe(struct slot *slot, int by_splice)
{
	size_t size = any_size() % 4096 + 1;
	ssize_t length;
	int ends[2];

	if (pipe2(ends, O_NONBLOCK))
		wrong("pipe: %s", strerror(errno));
	length = by_splice ? splice(slot->fd, NULL, ends[1], NULL, size, 0)
			   : sendfile(ends[1], slot->fd, NULL, size);
	if (length >= 0 && read(ends[0], buffer, MOST) != (length ? length : -1))
		wrong("other bytes came out of the pipe");
	/* The kernel does not splice each of these in all its versions. */
	if (length >= 0)
		took(slot->of, buffer, length, size);
	else if (errno != EINVAL)
		wrong("splice of %s: %s", slot->of->file->path, strerror(errno));
	close(ends[0]);
	close(ends[1]);
}

static void do_splice(struct slot *slot)
{
	through_a_pipe(slot, 1);
}

static void do_sendfile(struct slot *slot)
{
	through_a_pipe(slot, 0);
}

static void do_poll(struct slot *slot)
{
	struct pollfd one = { .fd = slot->fd, .events = any(1 << 10) };

	if (poll(&one, 1, 0) < 0 || one.revents & POLLNVAL)
		wrong("poll of %s", slot->of->file->path);
}

static void do_mmap(struct slot *slot)
{
	if (mmap(NULL, any_size() + 1, any(8), any(2) ? MAP_PRIVATE : MAP_SHARED, slot->fd,
		 4096 * (off_t)any(3)) != MAP_FAILED)
		wrong("%s can be mapped", slot->of->file->path);
}

static void do_ioctl(struct slot *slot)
{
	unsigned long request = any(2) ? any(1 << 16) : any(UINT32_MAX);

	/* These are every file's, and change the descriptor. */
	if (request != FIOCLEX && request != FIONCLEX && request != FIONBIO && request != FIOASYNC)
		ioctl(slot->fd, request, buffer);
}

static void do_write(struct slot *slot)
{
	if (write(slot->fd, "1\n", any(3)) > 0)
		wrong("%s can be written", slot->of->file->path);
}

static void do_stat(struct slot *slot)
{
	struct stat is;

	if (fstat(slot->fd, &is) || (is.st_mode & 0777) != 0444 || is.st_uid)
		wrong("%s has another mode or owner", slot->of->file->path);
}

static void share(struct slot *slot, int fd)
{
	struct slot *other = free_slot();

	if (fd < 0)
		wrong("no other descriptor: %s", strerror(errno));
	if (!other) {
		close(fd);
		return;
	}
	*other = (struct slot){ fd, slot->of };
	slot->of->users++;
}

static void do_dup(struct slot *slot)
{
	share(slot, dup(slot->fd));
}

static void do_pass(struct slot *slot)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec one = { &byte, 1 };
	struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int ends[2], fd;

	*head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(head), &slot->fd, sizeof(int));
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) || sendmsg(ends[0], &message, 0) != 1 ||
	    recvmsg(ends[1], &message, 0) != 1)
		wrong("a descriptor cannot be passed: %s", strerror(errno));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	close(ends[0]);
	close(ends[1]);
	share(slot, fd);
}

/* Has another process do something, by the numbers that come next, and waits for it. */
static void in_child(void (*act)(struct slot *slot), struct slot *slot)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		act(slot);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		wrong("fork: %s", strerror(errno));
	if (status)
		_exit(1);
	any(2);
}

static void check_from_start(struct slot *slot)
{
	ssize_t length = pread(slot->fd, buffer, MOST, 0);

	if (length < 0)
		wrong("pread of %s elsewhere: %s", slot->of->file->path, strerror(errno));
	check(slot->of->file, buffer, length, 0);
}

static void read_and_move(struct slot *slot)
{
	if (read(slot->fd, buffer, any_size()) < 0)
		wrong("reading %s in a child: %s", slot->of->file->path, strerror(errno));
}

static void do_fork(struct slot *slot)
{
	in_child(read_and_move, slot);
	slot->of->in_order = 0;
}

static void in_a_root(struct slot *slot)
{
	if (!user && chroot("/sys/module"))
		wrong("chroot: %s", strerror(errno));
	check_from_start(slot);
}

static void do_chroot(struct slot *slot)
{
	in_child(in_a_root, slot);
	slot->of->in_order &= !slot->of->file->moves;
}

static void in_namespaces(struct slot *slot)
{
	static const int kinds[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUTS,
				     CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWCGROUP };

	/* Not all may be made by everybody, or in each kernel. */
	for (int i = any(3); i >= 0; i--)
		if (unshare(kinds[any(SIZE(kinds))]) && errno == EFAULT)
			wrong("unshare: %s", strerror(errno));
	check_from_start(slot);
}

static void do_unshare(struct slot *slot)
{
	in_child(in_namespaces, slot);
	slot->of->in_order &= !slot->of->file->moves;
}

static int outside = -1;

/* A pid namespace that this one is inside of is not to be entered. */
static void in_outer_namespace(struct slot *slot)
{
	if (!setns(outside, CLONE_NEWPID))
		wrong("setns to a namespace outside");
	check_from_start(slot);
}

static void do_setns(struct slot *slot)
{
	in_child(in_outer_namespace, slot);
	slot->of->in_order &= !slot->of->file->moves;
}

static void as_nobody(struct slot *slot)
{
	const struct file *file = &all_files[any(SIZE(all_files))];

	(void)slot;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		wrong("cannot become nobody: %s", strerror(errno));
	for (int on_hidden = 0; on_hidden < 2; on_hidden++) {
		int fd = open_as(file, on_hidden, 0, NOBODY);
		ssize_t length = fd < 0 ? 0 : pread(fd, buffer, MOST, 0);

		if (length < 0)
			wrong("pread of %s as nobody: %s", file->path, strerror(errno));
		check(file, buffer, length, 0);
	}
}

static void do_as_nobody(void)
{
	if (!user)
		in_child(as_nobody, NULL);
}

static void do_remount(void)
{
	int wanted = any(3);
	char option[16];

	snprintf(option, sizeof(option), "hidepid=%d", wanted);
	if (user) {
		if (!mount("proc", hidden, "proc", MS_REMOUNT, option))
			wrong("user %u can remount", user);
		return;
	}
	if (mount("proc", hidden, "proc", MS_REMOUNT, option))
		wrong("remount with %s: %s", option, strerror(errno));
	hidepid = wanted;
}

static int is_held(enum module module)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].of && slots[i].of->file->in_proc &&
		    (slots[i].of->file->module == module || module == CORE))
			return 1;
	return 0;
}

static void load(enum module module)
{
	int fd = open(files[module], O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, module == WALKER ? "num=1" : "", 0))
		wrong("loading %s: %s", modules[module], strerror(errno));
	close(fd);
}

/* False where that was refused, as it had to be. */
static int unload(enum module module, int in_use)
{
	int failed = syscall(SYS_delete_module, modules[module], O_NONBLOCK);
	int expected = user ? EPERM : in_use ? EAGAIN : 0;

	if (failed ? errno != expected : expected)
		wrong("unloading %s%s: %s", modules[module], in_use ? ", which is in use" : "",
		      failed ? strerror(errno) : "done");
	return !failed;
}

/* A parameter that is open holds no module, and cannot be read once that is gone. */
static void close_parameters(enum module module)
{
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].of && !slots[i].of->file->in_proc && slots[i].of->file->module == module)
			close_slot(&slots[i]);
}

static void do_rmmod(void)
{
	enum module module = any(MODULES);
	/* The core is held by the two others. */
	int held = module == CORE || is_held(module);

	if (!held && !user)
		close_parameters(module);
	if (unload(module, held))
		load(module);
}

static void do_rmmod_all(void)
{
	if (user || is_held(CORE))
		return;
	for (int module = CORE; module < MODULES; module++)
		close_parameters(module);
	for (int module = REPORT; module >= CORE; module--)
		unload(module, 0);
	for (int module = CORE; module <= REPORT; module++)
		load(module);
}

/* Each with how often it is called among the others; on an open file, or not. */
static struct kind {
	const char *name;
	int weight;
	void (*on_file)(struct slot *slot);
	void (*without)(void);
	unsigned long calls;
} kinds[] = {
	{ "open", 30, NULL, do_open, 0 }, { "close", 16, do_close, NULL, 0 },
	{ "read", 40, do_read, NULL, 0 }, { "read to the end", 10, do_read_to_the_end, NULL, 0 },
	{ "readv", 10, do_readv, NULL, 0 }, { "pread", 20, do_pread, NULL, 0 },
	{ "lseek", 20, do_lseek, NULL, 0 }, { "splice", 8, do_splice, NULL, 0 },
	{ "sendfile", 8, do_sendfile, NULL, 0 }, { "poll", 5, do_poll, NULL, 0 },
	{ "mmap", 5, do_mmap, NULL, 0 }, { "ioctl", 8, do_ioctl, NULL, 0 },
	{ "write", 4, do_write, NULL, 0 }, { "fstat", 4, do_stat, NULL, 0 },
	{ "dup", 6, do_dup, NULL, 0 }, { "pass", 4, do_pass, NULL, 0 },
	{ "fork", 2, do_fork, NULL, 0 }, { "chroot", 2, do_chroot, NULL, 0 },
	{ "unshare", 2, do_unshare, NULL, 0 }, { "setns", 1, do_setns, NULL, 0 },
	{ "as nobody", 2, NULL, do_as_nobody, 0 }, { "remount", 2, NULL, do_remount, 0 },
	{ "rmmod", 3, NULL, do_rmmod, 0 }, { "rmmod all", 1, NULL, do_rmmod_all, 0 },
};

static void one_call(void)
{
	struct kind *kind = kinds;
	struct slot *slot;
	int total = 0, at;

	for (size_t i = 0; i < SIZE(kinds); i++)
		total += kinds[i].weight;
	for (at = any(total); at >= kind->weight; kind++)
		at -= kind->weight;
	slot = any_slot();
	if (kind->without)
		kind->without();
	else if (slot)
		kind->on_file(slot);
	else
		return;
	kind->calls++;
}

static void sleepers(void)
{
	for (int i = 0; i < SLEEPERS; i++) {
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		if (pid < 0)
			wrong("fork: %s", strerror(errno));
	}
}

/* As process 1 of the namespace, whose other processes end with it. */
static void run(unsigned long calls)
{
	prctl(PR_SET_NAME, "fuzz");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", 0, NULL) || mount("proc", hidden, "proc", 0, "hidepid=0"))
		wrong("mount: %s", strerror(errno));
	sleepers();
	if (user && (setgroups(0, NULL) || setresgid(user, user, user) || setresuid(user, user, user)))
		wrong("cannot become user %u: %s", user, strerror(errno));
	for (call = 1; call <= calls; call++)
		one_call();
	for (size_t i = 0; i < SIZE(kinds); i++)
		printf("%s %lu\n", kinds[i].name, kinds[i].calls);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	int status = 1;
	pid_t pid;

	if (argc != 7) {
		fprintf(stderr, "usage: fuzzfiles SEED CALLS UID CORE WALKER REPORT\n");
		return 2;
	}
	state = strtoull(argv[1], NULL, 0) * 2 + 1;
	user = strtoul(argv[3], NULL, 0);
	memcpy(files, argv + 4, sizeof(files));
	outside = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	prctl(PR_SET_NAME, "fuzz");
	if (!mkdtemp(hidden) || unshare(CLONE_NEWPID | CLONE_NEWNS))
		wrong("cannot begin: %s", strerror(errno));
	pid = fork();
	if (!pid)
		run(strtoul(argv[2], NULL, 0));
	waitpid(pid, &status, 0);
	rmdir(hidden);
	if (WIFSIGNALED(status))
		fprintf(stderr, "fuzzfiles: ended by signal %d\n", WTERMSIG(status));
	return status != 0;
}
