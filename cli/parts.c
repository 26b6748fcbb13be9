// SPDX-License-Identifier: GPL-2.0
#include "parts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"
#include "error.h"
#include "exposition.h"
#include "source.h"
#include "text.h"
#include "users.h"

/* One thing that threads are counted by. */
struct part {
	const char *name;
	int column;
	/* Set a label for each row; returns how many there are then, as some may be made one. */
	size_t (*name_rows)(struct tally *rows, char **labels, size_t n);
	void (*label)(FILE *out, const struct tally *tally, const char *label);
	const char *total_help, *stuck_help, *dropped_help, *dropped_threads_help;
};

static void label_user(FILE *out, const struct tally *tally, const char *label)
{
	/* Two users may have one name. */
	fprintf(out, "uid=\"%llu\",", tally->id);
	exposition_label(out, "user", label);
}

static void label_cgroup(FILE *out, const struct tally *tally, const char *label)
{
	(void)tally;
	exposition_label(out, "cgroup", label);
}

/* Make one row of those with one label: two of the same would be one series twice. */
static size_t merge(struct tally *rows, char **labels, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		size_t same = 0;

		while (same < kept && strcmp(labels[same], labels[i]))
			same++;
		if (same == kept) {
			rows[kept] = rows[i];
			labels[kept++] = labels[i];
		} else {
			rows[same].threads += rows[i].threads;
			rows[same].stuck += rows[i].stuck;
			free(labels[i]);
		}
	}
	return kept;
}

static size_t name_users(struct tally *rows, char **labels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char uid[24];

		snprintf(uid, sizeof(uid), "%llu", rows[i].id);
		labels[i] = text_to_utf8(user_name(uid));
	}
	return n;
}

/* Ids in the place of paths that are not known would be more and more labels. */
static size_t name_cgroups(struct tally *rows, char **labels, size_t n)
{
	struct cgroup *groups = xcalloc(n, sizeof(*groups));

	for (size_t i = 0; i < n; i++)
		groups[i].id = rows[i].id;
	cgroup_find(groups, n);
	for (size_t i = 0; i < n; i++) {
		labels[i] = text_to_utf8(groups[i].path ? groups[i].path : "unknown");
		free(groups[i].path);
	}
	free(groups);
	return merge(rows, labels, n);
}

static const struct part all[N_PARTS] = {
	{
		"user", THREADS_UID, name_users, label_user,
		"Threads by user.", "Threads in state D by user.",
		"Users left out by --top.", "Threads of users left out by --top.",
	}, {
		"cgroup", THREADS_CGROUP, name_cgroups, label_cgroup,
		"Threads by control group.", "Threads in state D by control group.",
		"Control groups left out by --top.",
		"Threads of control groups left out by --top.",
	},
};

static void put_rows(FILE *out, const struct part *part, const char *suffix, const char *help,
		     const struct tally *rows, char *const *labels, size_t n, bool stuck)
{
	char *name = xasprintf("%s_%s", part->name, suffix);

	exposition_family(out, name, help);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "taskmods_%s{", name);
		part->label(out, &rows[i], labels[i]);
		fprintf(out, "} %lu\n", stuck ? rows[i].stuck : rows[i].threads);
	}
	free(name);
}

static void put_dropped(FILE *out, const struct part *part, const struct tally *rows, size_t n)
{
	char *groups = xasprintf("dropped_%ss", part->name);
	char *threads = xasprintf("dropped_%s_threads", part->name);
	unsigned long count = 0;

	for (size_t i = 0; i < n; i++)
		count += rows[i].threads;
	exposition_family(out, groups, part->dropped_help);
	exposition_count(out, groups, n);
	exposition_family(out, threads, part->dropped_threads_help);
	exposition_count(out, threads, count);
	free(groups);
	free(threads);
}

static void put_part(FILE *out, const struct part *part, struct tallies *tallies, size_t top)
{
	size_t shown = tallies->n < top ? tallies->n : top, named;
	char **labels = xcalloc(shown, sizeof(*labels));
	struct tally *rows = tallies->all;

	tally_sort(tallies);
	named = part->name_rows(rows, labels, shown);
	put_rows(out, part, "threads", part->total_help, rows, labels, named, false);
	put_rows(out, part, "blocked_threads", part->stuck_help, rows, labels, named, true);
	put_dropped(out, part, rows + shown, tallies->n - shown);
	for (size_t i = 0; i < named; i++)
		free(labels[i]);
	free(labels);
}

void parts_add(struct parts *parts, char **cells)
{
	bool stuck = !strcmp(cells[THREADS_STATE], "D");

	for (size_t i = 0; i < N_PARTS; i++)
		tally_add(&parts->by[i], text_number(cells[all[i].column]), stuck);
}

void parts_put(FILE *out, struct parts *parts, size_t top)
{
	for (size_t i = 0; i < N_PARTS; i++)
		put_part(out, &all[i], &parts->by[i], top);
}

void parts_free(struct parts *parts)
{
	for (size_t i = 0; i < N_PARTS; i++)
		tally_free(&parts->by[i]);
}
