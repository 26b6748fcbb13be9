# SPDX-License-Identifier: GPL-2.0
# Makes C of the table of messages: awk -f messages.awk forms.txt FILE... README.md here says how the
# files are written.

function fail(what)
{
	printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
	failed = 1
	exit 1
}

function quoted(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/"/, "\\\"", text)
	return "\"" text "\""
}

function add_pattern(text)
{
	pattern[patterns] = text
	of[patterns++] = records - 1
	bytes += length(text) + 3
	if (!(records - 1 in first))
		first[records - 1] = text
}

# <loading: EBUSY> is each form of that name, with each of the words that the error has; <loading>
# has any words there.
function add_forms(name, error,    i, j, text, n_words, words)
{
	if (!(name in forms))
		fail("there is no form " name " in forms.txt")
	if (error != "" && !(error in errors))
		fail("there is no error " error " in forms.txt")
	n_words = error == "" ? 1 : errors[error]
	for (i = 0; i < forms[name]; i++)
		for (j = 0; j < n_words; j++) {
			text = form[name, i]
			if (error != "")
				sub(/[{]error[}]/, word[error, j], text)
			add_pattern(text)
		}
}

function add_says(text,    parts)
{
	if (text !~ /^<.*>$/) {
		add_pattern(text)
		return
	}
	text = substr(text, 2, length(text) - 2)
	split(text, parts, /: */)
	add_forms(parts[1], parts[2])
}

function set(key, text)
{
	if (key == "either" && (records - 1, key) in value)
		value[records - 1, key] = value[records - 1, key] "\n" text
	else if ((records - 1, key) in value)
		fail("a second " key ":")
	else
		value[records - 1, key] = text
}

function take(key, text)
{
	if (text == "")
		fail(key ": is empty")
	if (key == "id") {
		if (text !~ /^[a-z0-9-]+$/ || text in ids)
			fail("id: " text " is not of a-z, 0-9 and -, or is there twice")
		ids[text] = 1
		records++
		set("section", section)
		set(key, text)
	} else if (!records)
		fail("a record begins with id:")
	else if (key == "says")
		add_says(text)
	else if (key == "rank") {
		if (text !~ /^(cause|error|result|harmless)$/)
			fail("rank: is cause, error, result or harmless")
		set(key, text)
	} else if (key ~ /^(means|either|do|log|row|source)$/)
		set(key, text)
	else
		fail("unknown: " key ":")
}

function finish()
{
	if (key != "")
		take(key, text)
	key = ""
}

BEGIN {
	FS = "\n"
	records = patterns = 0
}

/^#/ { next }

# In forms.txt: "form NAME: text" and "error NAME: words".
/^form [a-z]+: / {
	name = substr($0, 6, index($0, ":") - 6)
	form[name, forms[name]++] = substr($0, index($0, ":") + 2)
	next
}
/^error [A-Z0-9]+: / {
	name = substr($0, 7, index($0, ":") - 7)
	word[name, errors[name] + 0] = substr($0, index($0, ":") + 2)
	errors[name]++
	next
}
/^\[.*\]$/ { finish(); section = substr($0, 2, length($0) - 2); next }
/^$/ { finish(); next }
# What is longer than a line goes on in the next, behind spaces.
/^[ \t]/ {
	if (key == "")
		fail("nothing goes on here")
	sub(/^[ \t]+/, "")
	text = text " " $0
	next
}
/^[a-z]+: / {
	finish()
	key = substr($0, 1, index($0, ":") - 1)
	text = substr($0, index($0, ":") + 2)
	next
}
{ fail("not understood: " $0) }

END {
	if (failed)
		exit 1
	finish()
	for (i = 0; i < records; i++)
		if (!(i in first) || !((i, "means") in value))
			fail("id: " value[i, "id"] " lacks says: or means:")
	if (failed)
		exit 1
	print "/* Made by messages.awk from the files beside it. */"
	print "static const struct record records[] = {"
	for (i = 0; i < records; i++) {
		rank = (i, "rank") in value ? value[i, "rank"] : "error"
		printf "\t{ .rank = RANK_%s, .text = %s,\n", toupper(rank), quoted(first[i])
		n = split("id section means either do log row source", keys, " ")
		for (k = 1; k <= n; k++)
			if ((i, keys[k]) in value) {
				text = quoted(value[i, keys[k]])
				gsub(/\n/, "\\n", text)
				printf "\t  .%s = %s,\n", keys[k] == "do" ? "remedy" : keys[k], text
			}
		print "\t},"
	}
	print "\t{ 0 },"
	print "};"
	print "static const struct pattern patterns[] = {"
	for (i = 0; i < patterns; i++)
		printf "\t{ %s, %d },\n", quoted(pattern[i]), of[i]
	print "};"
	printf "#define N_PATTERNS %d\n#define PATTERN_BYTES %d\n", patterns, bytes
}
