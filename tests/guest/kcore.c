// SPDX-License-Identifier: GPL-2.0
/*
 * kcore ADDRESS NUMBER: prints so many bytes of the running kernel's memory, in hexadecimal, from
 * /proc/kcore, which shows it as a core file.
 */
#include <fcntl.h>
#include <linux/elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST 4096

static int fail(const char *what)
{
	perror(what);
	return 1;
}

/* Where a segment of the file has the address; 0 where none has. */
static off_t find(int fd, unsigned long address)
{
	struct elf64_hdr file;
	struct elf64_phdr segment;

	if (pread(fd, &file, sizeof(file), 0) != sizeof(file))
		return 0;
	for (int i = 0; i < file.e_phnum; i++) {
		off_t at = file.e_phoff + i * sizeof(segment);

		if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
			return 0;
		if (segment.p_type == PT_LOAD && address - segment.p_vaddr < segment.p_memsz)
			return segment.p_offset + (address - segment.p_vaddr);
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned char bytes[MOST];
	unsigned long address;
	int fd, number;
	off_t at;

	number = argc == 3 ? atoi(argv[2]) : 0;
	if (number < 1 || number > MOST) {
		fprintf(stderr, "usage: kcore ADDRESS NUMBER, up to %d\n", MOST);
		return 2;
	}
	address = strtoul(argv[1], NULL, 0);
	fd = open("/proc/kcore", O_RDONLY);
	if (fd < 0)
		return fail("/proc/kcore");
	at = find(fd, address);
	if (!at) {
		fprintf(stderr, "kcore: no segment of /proc/kcore has 0x%lx\n", address);
		return 1;
	}
	if (pread(fd, bytes, number, at) != number)
		return fail("/proc/kcore");
	for (int i = 0; i < number; i++)
		printf("%02x%c", bytes[i], i + 1 < number ? ' ' : '\n');
	return 0;
}
