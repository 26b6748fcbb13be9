// SPDX-License-Identifier: GPL-2.0
#include "match.h"

#include <stdint.h>
#include <string.h>

#include "array.h"

#include "messages.inc"

/* In a text that is prepared: what differs. Such bytes are in no line that is plain. */
#define ANY '\1'	/* whatever it is */
#define WORD '\2'	/* without a space */
#define NUMBER '\3'
#define BEGIN '\4'	/* here a message begins */
#define END '\5'	/* here the line ends */
_Static_assert(END == MATCH_LAST_MARK, "marks are the first bytes");

/* A text of the table is shorter. */
#define MAX_TEXT 1024
#define MAX_WORD 256
#define N_BUCKETS 4096

/* Which words a text has, roughly: a bit for each, which others may share. */
struct words {
	uint64_t bits[4];
};

/* A pattern prepared for comparing: @len bytes of @text, without what may differ at either end. */
struct prepared {
	const char *text;
	size_t len;
	size_t weight;		/* bytes that do not differ */
	struct words words;
	size_t next;		/* in its bucket; N_PATTERNS: none */
	bool open_begin, open_end;	/* it may be in the middle of a word there */
};

static struct prepared prepared[N_PATTERNS];
static size_t buckets[N_BUCKETS];
static char pool[PATTERN_BYTES];
static bool ready;

/* What stands for one word; all others but a number stand for anything. */
static const char *const word_names[] = {
	"function", "licence", "module", "name", "namespace", "option", "other", "release",
	"symbol", "user", "version", "word",
};

const struct record *match_records(void)
{
	return records;
}

const struct pattern *match_pattern(size_t n)
{
	return n < N_PATTERNS ? &patterns[n] : NULL;
}

static bool is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_foreign(unsigned char c)
{
	return c >= 0x80;
}

static bool is_wild(char c)
{
	return c >= ANY && c <= NUMBER;
}

static uint32_t hash(const char *s, size_t len)
{
	uint32_t h = 2166136261u;

	while (len--)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h ^ h >> 15;
}

/* Not all languages part words by spaces: what is not ASCII is a word like any other such. */
static uint32_t word_hash(const char *s, size_t len)
{
	return hash(s, is_foreign(*s) ? 0 : len);
}

/* The next word at or behind @at; false where there is none. */
static bool next_word(const char *s, size_t len, size_t *at, size_t *size)
{
	bool (*part)(unsigned char c);

	while (*at < len && !is_letter(s[*at]) && !is_foreign(s[*at]))
		++*at;
	part = *at < len && is_foreign(s[*at]) ? is_foreign : is_letter;
	*size = 0;
	while (*at + *size < len && part(s[*at + *size]))
		++*size;
	return *size;
}

/* A word beside what differs may be part of a longer one. */
static bool is_whole(const struct prepared *p, size_t at, size_t size)
{
	size_t end = at + size;

	if (is_foreign(p->text[at]))
		return true;
	return !(at ? is_wild(p->text[at - 1]) : p->open_begin) &&
	       !(end < p->len ? is_wild(p->text[end]) : p->open_end);
}

static void add_word(struct words *words, uint32_t h)
{
	words->bits[h >> 6 & 3] |= 1ull << (h & 63);
}

/* More of the line is its own; of as much, what stands earlier in the table. */
static bool is_better(size_t i, size_t best)
{
	if (best == N_PATTERNS || prepared[i].weight != prepared[best].weight)
		return best == N_PATTERNS || prepared[i].weight > prepared[best].weight;
	return i < best;
}

static bool has_words(const struct words *all, const struct words *some)
{
	for (int i = 0; i < 4; i++)
		if (some->bits[i] & ~all->bits[i])
			return false;
	return true;
}

static char kind_of(const char *name, size_t len)
{
	if (len == 6 && !memcmp(name, "number", len))
		return NUMBER;
	for (size_t i = 0; i < ARRAY_SIZE(word_names); i++)
		if (strlen(word_names[i]) == len && !memcmp(name, word_names[i], len))
			return WORD;
	return ANY;
}

/* Write the text with a byte for each {thing}; ^ at its beginning and $ at its end are marks. */
static size_t mark(char *to, const char *text)
{
	size_t n = 0;

	if (*text == '^') {
		to[n++] = BEGIN;
		text++;
	}
	for (; *text; text++) {
		const char *end = *text == '{' ? strchr(text, '}') : NULL;

		if (end) {
			to[n++] = kind_of(text + 1, end - text - 1);
			text = end;
		} else {
			to[n++] = *text == '$' && !text[1] ? END : *text;
		}
	}
	return n;
}

static size_t prepare_one(struct prepared *p, char *to, const char *text)
{
	char marked[MAX_TEXT];
	size_t at = 0, size, used = match_plain_pattern(to, marked, mark(marked, text));

	p->text = to;
	p->len = used;
	for (; p->len && (is_wild(p->text[0]) || p->text[0] == ' '); p->text++, p->len--)
		p->open_begin = is_wild(p->text[0]);
	for (; p->len && (is_wild(p->text[p->len - 1]) || p->text[p->len - 1] == ' '); p->len--)
		p->open_end = is_wild(p->text[p->len - 1]);
	for (size_t i = 0; i < p->len; i++)
		p->weight += !is_wild(p->text[i]);
	for (; next_word(p->text, p->len, &at, &size); at += size)
		if (is_whole(p, at, size))
			add_word(&p->words, word_hash(p->text + at, size));
	return used;
}

/* Put a pattern where the rarest of its words is. */
static void put(struct prepared *p, const uint16_t *uses)
{
	size_t at = 0, size, best = 0;
	unsigned int fewest = UINT16_MAX + 1;

	for (; next_word(p->text, p->len, &at, &size); at += size) {
		uint32_t bucket = word_hash(p->text + at, size) % N_BUCKETS;

		if (is_whole(p, at, size) && uses[bucket] < fewest) {
			fewest = uses[bucket];
			best = bucket;
		}
	}
	p->next = buckets[best];
	buckets[best] = p - prepared;
}

static void prepare(void)
{
	static uint16_t uses[N_BUCKETS];
	char *to = pool;

	for (size_t i = 0; i < N_BUCKETS; i++)
		buckets[i] = N_PATTERNS;
	for (size_t i = 0; i < N_PATTERNS; i++) {
		struct prepared *p = &prepared[i];
		size_t at = 0, size;

		to += prepare_one(p, to, patterns[i].text);
		for (; next_word(p->text, p->len, &at, &size); at += size)
			uses[word_hash(p->text + at, size) % N_BUCKETS]++;
	}
	for (size_t i = N_PATTERNS; i--;)
		put(&prepared[i], uses);
	ready = true;
}

/* A message begins a line, or stands behind what names a time, a program, a level. */
static bool begins(const char *line, size_t at)
{
	if (!at)
		return true;
	return line[at - 1] == ' ' && (at < 2 || strchr(":]|>*-", line[at - 2]));
}

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == 'x' || c == '.' || c == '-';
}

/*
 * Whether @p..@end, in which nothing is ANY, begins @s..@last. What differs takes as little as it
 * can. NULL where it does not; else where what follows begins.
 */
static const char *compare(const char *p, const char *end, const char *s, const char *last)
{
	for (; p < end && *p != WORD && *p != NUMBER && *p != END; p++, s++)
		if (s == last || *s != *p)
			return NULL;
	if (p == end)
		return s;
	if (*p == END)
		return s == last ? s : NULL;
	for (size_t n = 0; n < MAX_WORD && s < last && *s != ' '; n++) {
		const char *rest;

		if (*p == NUMBER && !is_digit(*s))
			return NULL;
		s++;
		/* What comes next tells at once, nearly always. */
		if (p + 1 < end && !is_wild(p[1]) && p[1] != END && (s == last || *s != p[1]))
			continue;
		rest = compare(p + 1, end, s, last);
		if (rest)
			return rest;
	}
	return NULL;
}

/*
 * Where @p..@end, in which nothing is ANY, first stands in @from..@last, not in the middle of a
 * word if it is to be @whole; NULL where it does not.
 */
static const char *find(const char *p, const char *end, const char *line, const char *from,
			const char *last, bool whole, const char **behind)
{
	bool at_begin = *p == BEGIN;

	p += at_begin;
	for (const char *s = from; s < last; s++) {
		if (!is_wild(*p) && *p != END) {
			s = memchr(s, *p, last - s);
			if (!s)
				return NULL;
		}
		if (at_begin && !begins(line, s - line))
			continue;
		if (whole && s > line && is_letter(s[-1]))
			continue;
		*behind = compare(p, end, s, last);
		if (*behind)
			return s;
	}
	return NULL;
}

static const char *segment_end(const char *p, const char *end)
{
	const char *any = memchr(p, ANY, end - p);

	return any ? any : end;
}

/* Each part between two ANY stands behind the one before: where that first does is good for all. */
static bool is_in(const struct prepared *pattern, const char *line, size_t len)
{
	const char *p = pattern->text, *end = p + pattern->len;
	const char *s = line, *last = line + len, *behind = line;

	while (p < end) {
		const char *part = segment_end(p, end);
		bool whole = s == line && !pattern->open_begin && is_letter(*p);

		for (;;) {
			if (!find(p, part, line, s, last, whole, &behind))
				return false;
			/* The end of a word must not be in the middle of one. */
			if (part < end || pattern->open_end || !is_letter(end[-1]) ||
			    behind == last || !is_letter(*behind))
				break;
			s = behind;
		}
		s = behind;
		p = part < end ? part + 1 : end;
	}
	return true;
}

/* The better of what there is and what a word of the line may tell. */
static size_t best_in(size_t bucket, const struct words *words, const char *line, size_t len,
		      size_t best)
{
	for (size_t i = buckets[bucket]; i < N_PATTERNS; i = prepared[i].next) {
		if (has_words(words, &prepared[i].words) && is_better(i, best) &&
		    is_in(&prepared[i], line, len))
			best = i;
	}
	return best;
}

const struct record *match_line(const char *line, size_t len)
{
	static uint32_t tried[N_BUCKETS], now;
	char plain[MATCH_WINDOW];
	struct words words = { 0 };
	size_t n = match_plain(plain, line, len), best = N_PATTERNS, at = 0, size;

	if (!ready)
		prepare();
	now++;
	for (; next_word(plain, n, &at, &size); at += size)
		add_word(&words, word_hash(plain + at, size));
	for (at = 0; next_word(plain, n, &at, &size); at += size) {
		size_t bucket = word_hash(plain + at, size) % N_BUCKETS;

		if (tried[bucket] == now)
			continue;
		tried[bucket] = now;
		best = best_in(bucket, &words, plain, n, best);
	}
	return best < N_PATTERNS ? &records[patterns[best].record] : NULL;
}

bool match_holds(const struct record *record, const char *part, size_t len)
{
	char plain[MATCH_WINDOW];
	size_t n = match_plain(plain, part, len);

	if (!ready)
		prepare();
	for (size_t i = 0; i < N_PATTERNS; i++) {
		const char *behind;

		if (&records[patterns[i].record] == record && n <= prepared[i].len &&
		    find(plain, plain + n, prepared[i].text, prepared[i].text,
			 prepared[i].text + prepared[i].len, false, &behind))
			return true;
	}
	return false;
}
