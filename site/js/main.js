// SPDX-License-Identifier: GPL-2.0
// The page: which part shows what.
import { Graph } from "./graph.js";
import { Guide } from "./guide.js";
import { Machine, Trouble } from "./machine.js";
import { Model } from "./model.js";
import { chosen_language, put_words, start_theme } from "./preferences.js";
import { LANGUAGES, words_of } from "./words.js";
import { open_terminal, type_line } from "./terminal.js";
import { show_timeline } from "./timeline.js";

const PANES = ["guide", "console", "modules", "events"];
const $ = (id) => document.getElementById(id);

let language = chosen_language(LANGUAGES);
let words = words_of(language);
const said = (...what) => words(...what);
const machine = new Machine();
const model = new Model();
const graph = new Graph($("graph"), said);
const guide = new Guide($("chapter"), $("chapters"), machine, (line) => type_line(machine, line));
const rows = fetch("rows.json").then((response) => response.json()).catch(() => ({}));
let terminal = null;
let status = "loading";
let release = "";

function show_words() {
	put_words(language, words);
	document.title = `taskmods: ${words("title")}`;
	if (terminal)
		terminal.textarea.setAttribute("aria-label", words("terminal"));
	show_status();
	show_model();
}

function show_status(name = status) {
	status = name;
	$("status").textContent = words(status);
	$("status").dataset.status = status;
	$("reset").disabled = status !== "running";
}

// What the graph shows, in words.
function summary() {
	return model.modules.map((module) =>
		words("module-said", module.name, words(`state-${module.state}`), module.refs) +
		(module.users.length ? words("used-by", module.users.join(", ")) : "")).join("; ");
}

function show_model() {
	graph.show(model.modules);
	show_timeline($("timeline"), model.groups, said);
	$("no-modules").hidden = model.modules.length > 0;
	$("no-events").hidden = model.groups.length > 0;
	const now = summary() || words("no-modules");
	if ($("summary").textContent !== now)
		$("summary").textContent = now;
}

// Several things that are told at once are drawn at once.
let drawing = false;
model.addEventListener("change", () => {
	if (drawing)
		return;
	drawing = true;
	setTimeout(() => {
		drawing = false;
		show_model();
	}, 30);
});
model.addEventListener("refused", (event) =>
	setTimeout(() => graph.refuse(event.detail.refused.modules), 60));

machine.addEventListener("said", (event) => {
	if (event.detail.t === "hello") {
		release = event.detail.release;
		$("release").textContent = `Linux ${release}`;
		show_status("running");
	}
	model.hear(event.detail);
});
machine.addEventListener("reset", () => model.clear());
machine.addEventListener("progress", (event) => {
	$("progress").value = event.detail;
	if (event.detail === 1)
		show_status("starting");
});

// #step=3.2 and #row=busy-open-file open there.
async function follow_link() {
	const link = new URLSearchParams(location.hash.slice(1));
	if (link.has("row")) {
		const row = (await rows)[link.get("row")];
		if (row)
			guide.row(link.get("row"), row);
		else
			guide.no_row(link.get("row"));
	} else if (link.has("step")) {
		await guide.step(link.get("step"));
	} else {
		await guide.open(guide.at);
	}
	show_pane("guide");
}

async function show_language(name) {
	language = name;
	words = words_of(language);
	show_words();
	await guide.load(language, said);
	$("turn").hidden = guide.chapters < 2;
	await follow_link();
}

function turn() {
	$("previous").disabled = guide.at === 0;
	$("next").disabled = guide.at >= guide.chapters - 1;
}

// On a narrow screen one pane is shown above the terminal.
function show_pane(name) {
	document.body.dataset.pane = name;
	for (const tab of document.querySelectorAll("[data-tab]"))
		tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
}

function next_pane(backwards) {
	const shown = PANES.map($).filter((pane) => pane.offsetParent !== null);
	const at = shown.findIndex((pane) => pane.contains(document.activeElement));
	const step = backwards ? shown.length - 1 : 1;
	const to = shown[at < 0 ? 0 : (at + step) % shown.length];
	if (to.id === "console")
		terminal?.focus();
	else
		to.focus();
}

function show_trouble(error) {
	const name = error instanceof Trouble ? error.name : "unknown";
	$("trouble").hidden = false;
	$("trouble").textContent = words(name, error.detail || error.message);
	show_status("failed");
}

$("language").addEventListener("click", () => show_language(language === "zh" ? "en" : "zh"));
$("reset").addEventListener("click", async () => {
	show_status("resetting");
	await machine.reset();
});
$("previous").addEventListener("click", () => guide.open(guide.at - 1));
$("next").addEventListener("click", () => guide.open(guide.at + 1));
$("chapter").addEventListener("opened", turn);
for (const tab of document.querySelectorAll("[data-tab]"))
	tab.addEventListener("click", () => show_pane(tab.dataset.tab));
document.addEventListener("keydown", (event) => {
	if (event.key !== "F6")
		return;
	event.preventDefault();
	next_pane(event.shiftKey);
});
addEventListener("hashchange", follow_link);

start_theme($("theme"));
show_language(language);
terminal = open_terminal($("terminal"), machine, said);
// For tests, and for who looks into it.
globalThis.lab = { machine, model, terminal };
try {
	await machine.start();
	$("waiting").hidden = true;
} catch (error) {
	show_trouble(error);
}
