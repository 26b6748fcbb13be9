// SPDX-License-Identifier: GPL-2.0
/* explain SECONDS SEED FILE: has lines of a file explained, changed in every way; built under ASan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answers.h"
#include "text.h"

#define MAX_SIZE (1 << 20)

static char text[MAX_SIZE];
static size_t len;
static char *seeds;
static size_t seeds_len;

/* What is hard to read: ends, escapes, and characters cut in two. */
static const char *const hard[] = {
	"\033[", "\033]0;", "\033", "\a", "#033[31m", "\xe2\x80", "\xe2\x80\x98", "\xc2", "\xc2\x9b",
	"\xff", "\xf0\x9f\x92\xa9", "\n", "\r\n", "\t", "{module}", "\1\2\3\4\5", "'", "\"", "\xc2\xab ",
	": ", "[  12.3] ", "*** ", "7,8,9,-;",
};

static size_t below(size_t n)
{
	return n ? (size_t)random() % n : 0;
}

static void insert(size_t at, const char *what, size_t size)
{
	if (len + size > MAX_SIZE)
		return;
	memmove(text + at + size, text + at, len - at);
	memcpy(text + at, what, size);
	len += size;
}

static void change(void)
{
	size_t at = below(len), size;
	const char *what;

	switch (below(7)) {
	case 0:
		if (len)
			text[at] = random();
		break;
	case 1:
		what = hard[below(sizeof(hard) / sizeof(*hard))];
		insert(at, what, strlen(what));
		break;
	case 2:
		insert(at, "\0", 1);
		break;
	case 3:
		size = below(len - at < 64 ? len - at : 64);
		memmove(text + at, text + at + size, len - at - size);
		len -= size;
		break;
	case 4:
		size = below(seeds_len < 4096 ? seeds_len : 4096);
		insert(at, seeds + below(seeds_len - size), size);
		break;
	case 5:
		for (size = below(2000); size; size--)
			insert(at, text + at, len > at);
		break;
	default:
		if (len)
			text[at] ^= 1 << below(8);
	}
}

static void begin(void)
{
	len = below(seeds_len < 3000 ? seeds_len : 3000);
	memcpy(text, seeds + below(seeds_len - len), len);
	for (size_t n = below(20); n; n--)
		change();
}

static void check_shown(const char *s)
{
	for (; *s; s += text_utf8(s))
		if (!text_utf8(s) || (unsigned char)*s < ' ' || *s == 0x7f) {
			fprintf(stderr, "shown: a byte %#x\n", (unsigned char)*s);
			abort();
		}
}

/* In pieces: what is read from a pipe ends anywhere. */
static void explain_all(void)
{
	struct answers answers = { 0 };

	for (size_t at = 0, size; at < len; at += size) {
		size = 1 + below(len - at < 9000 ? len - at : 9000);
		if (size > len - at)
			size = len - at;
		answers_add(&answers, text + at, size);
	}
	answers_end(&answers);
	if (!answers.n && answers.lines == 1)
		answers_add_holding(&answers);
	check_shown(answers.first);
	for (size_t i = 0; i < answers.n; i++)
		check_shown(answers.all[i].text);
	answers_print(&answers);
	answers_print_json(&answers);
	answers_free(&answers);
}

static void read_seeds(const char *path)
{
	FILE *file = fopen(path, "r");

	seeds = malloc(MAX_SIZE);
	if (!file || !seeds)
		exit(2);
	seeds_len = fread(seeds, 1, MAX_SIZE, file);
	fclose(file);
}

int main(int argc, char **argv)
{
	unsigned long n = 0;
	time_t end;

	if (argc != 4)
		return 2;
	end = time(NULL) + atoi(argv[1]);
	srandom(atoi(argv[2]));
	read_seeds(argv[3]);
	if (!freopen("/dev/null", "w", stdout))
		return 2;
	for (; time(NULL) < end; n++) {
		begin();
		explain_all();
	}
	fprintf(stderr, "%lu texts\n", n);
	return 0;
}
