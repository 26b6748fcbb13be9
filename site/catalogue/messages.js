// SPDX-License-Identifier: GPL-2.0
// The page of messages: what is pasted is explained, and all that are known are searched.
import { $, make, searched } from "./dom.js";
import { start, words } from "./frame.js";
import { load_matcher } from "./matcher.js";

const EXAMPLE = `# modprobe my_driver
modprobe: ERROR: could not insert 'my_driver': Unknown symbol in module, or unknown parameter (see dmesg)
# dmesg | tail -n 2
[  412.031245] my_driver: loading out-of-tree module taints kernel.
[  412.031871] my_driver: Unknown symbol my_core_register (err -2)
`;
const MOST_TEXTS = 6;
const MOST_LINES = 12;

let messages = [];
let explain = null;
const texts = new Map();

function learn(data) {
	messages = data;
	for (const one of messages)
		texts.set(one.id, [one.id, ...one.says, one.means, ...one.either ?? [], one.do, one.see,
				   one.source].join("\n").toLowerCase());
}

function rank(one) {
	return make("span", { class: `rank rank-${one.rank}` }, words(`rank-${one.rank}`));
}

function parts(one) {
	const either = one.either ?? [];
	const rows = one.rows ?? [];
	const told = [["means", one.means],
		      ...either.map((cause, n) => [n ? "or" : "either", cause]), ["do", one.do],
		      ["see", one.see],
		      rows.length ? ["shown-by", rows.map((row) =>
			      make("a", { href: `behaviours.html#${row}` }, row))] :
			      ["said-by", one.source]];
	return make("dl", { lang: "en" }, told.filter(([, text]) => text).flatMap(([name, text]) =>
		[make("dt", { lang: document.documentElement.lang }, words(name)),
		 make("dd", {}, [text].flat().flatMap((part, n) => n ? [", ", part] : [part]))]));
}

// What differs in a text stands in braces.
function text_of(text) {
	return text.split(/(\{\w+\})/).map((part, n) =>
		n % 2 ? make("i", {}, part.slice(1, -1)) : part);
}

function entry(one) {
	const [first, ...others] = one.says;
	const more = others.length - MOST_TEXTS;
	const also = others.length === 0 ? null : make("p", { class: "small" }, `${words("also")}: `,
		others.slice(0, MOST_TEXTS).flatMap((text, n) =>
			[n ? ", " : "", make("code", { lang: "en" }, text_of(text))]),
		more > 0 ? `, ${words("more", more)}` : "");
	return make("details", { id: one.id, class: "message" },
		    make("summary", {}, make("code", { lang: "en" }, text_of(first)), rank(one)),
		    parts(one), also);
}

function show_all() {
	const has = searched($("search").value);
	const found = messages.filter((one) => has(texts.get(one.id)));
	const titles = [...new Set(found.map((one) => one.section))];
	$("sections").replaceChildren(...titles.map((title) => {
		const those = found.filter((one) => one.section === title);
		return make("section", { class: "group" },
			    make("h3", { lang: "en" }, title, make("span", { class: "count" }, String(those.length))),
			    those.map(entry));
	}));
	$("found").textContent = found.length === 0 ? words("no-messages")
		: found.length < messages.length ? words("found-messages", found.length, messages.length)
			: words("n-messages", found.length);
}

// The numbers of the lines, each a button that shows it in what was pasted.
function where(lines) {
	const buttons = lines.slice(0, MOST_LINES).map((line) => {
		const button = make("button", { type: "button", class: "line" }, words("in-lines", line));
		button.addEventListener("click", () => select(line));
		return button;
	});
	if (lines.length > MOST_LINES)
		buttons.push(words("more-lines", lines.length - MOST_LINES));
	return make("p", { class: "lines" }, buttons.flatMap((button) => [button, " "]));
}

function select(line) {
	const lines = $("paste").value.split("\n");
	const begin = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
	$("paste").focus();
	$("paste").setSelectionRange(begin, begin + lines[line - 1].length);
}

function answer(found) {
	// The command's record has no texts; the page's has none of what is pasted.
	const known = messages.find((one) => one.id === found.id) ?? found;
	return make("article", { class: `answer rank-${found.rank}` },
		    make("h3", {}, make("code", { lang: "en" }, found.text), rank(found)),
		    where(found.lines), parts(known));
}

function show_answers() {
	const text = $("paste").value;
	const lines = text.split("\n").filter((line) => line.trim()).length;
	let found = [];
	if (explain && lines)
		found = explain(text);
	$("clear").disabled = text === "";
	$("answers").replaceChildren(...found.map(answer));
	$("summary").textContent = !explain ? "" : !lines ? words("nothing-pasted")
		: found.length === 0 ? words("no-answer")
			: words(found.length === 1 ? "found-answer" : "found-answers", found.length, lines);
}

async function load() {
	try {
		const response = await fetch("explain.wasm");
		if (!response.ok)
			throw new Error(String(response.status));
		explain = await load_matcher(await response.arrayBuffer());
		show_answers();
	} catch (error) {
		$("summary").textContent = words("no-matcher");
	}
}

// #id opens a message.
function follow_link() {
	const message = document.getElementById(decodeURIComponent(location.hash.slice(1)));
	if (message?.matches(".message")) {
		message.open = true;
		message.scrollIntoView({ block: "start" });
		message.querySelector("summary").focus({ preventScroll: true });
	}
}

function paste(text) {
	$("paste").value = text;
	show_answers();
	$("paste").focus();
}

let timer = 0;
$("paste").addEventListener("input", () => {
	clearTimeout(timer);
	timer = setTimeout(show_answers, 120);
});
$("clear").addEventListener("click", () => paste(""));
$("example").addEventListener("click", () => paste(EXAMPLE));
$("search").addEventListener("input", show_all);
addEventListener("hashchange", () => {
	$("search").value = "";
	show_all();
	follow_link();
});
let begun = false;
start((data) => {
	learn(data);
	show_all();
	if (explain)
		show_answers();
	if (begun)
		return;
	begun = true;
	load();
	follow_link();
});
