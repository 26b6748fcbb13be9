// SPDX-License-Identifier: GPL-2.0
// The guide: chapters of Markdown. In a ```console block the lines that begin with "# " or "$ " are
// typed by a click; a ```check block is not shown: its command succeeds once the step is done.
import { Marked } from "../vendor/marked.js";

// Chinese has no spaces: a new line in the text is none either.
const BROKEN = /([\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])/g;
const STEP = /^(\d+\.\d+)\s/;
const DONE = "taskmods-done";
// Where other documents are linked to, what of them is here: [pattern, link].
const LINKS = [
	[/^https:.*/, (found) => found[0]],
	[/^(?:\.\.\/)?behaviours\.md#([\w-]+)$/, (found) => `#row=${found[1]}`],
	[/^0*(\d+)-[\w-]+\.md/, (found) => `#step=${found[1]}.1`],
];

function escape(text) {
	return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}

// What is typed becomes a button, what is seen stays text.
export function console_block(text, words) {
	const lines = text.split("\n").map((line) => {
		const typed = line.match(/^[#$] (.*)$/);
		return typed
			? `<button type="button" class="typed" data-type="${escape(typed[1])}" title="${
				escape(words("type"))}">${escape(typed[1])}</button>`
			: `<span class="seen">${escape(line) || " "}</span>`;
	});
	return `<pre class="console">${lines.join("")}</pre>`;
}

// The steps of a chapter by number, each with its check, and the chapter as HTML.
function render(text, words) {
	const checks = new Map();
	let step = null, sections = 0;
	const marked = new Marked({
		renderer: {
			heading({ tokens, depth, text: title }) {
				const number = depth === 3 && title.match(STEP)?.[1];
				const inner = this.parser.parseInline(tokens);
				// The page has its own first heading.
				const level = Math.max(2, depth);
				if (!number)
					return `<h${level}>${inner}</h${level}>`;
				step = number;
				const close = sections++ ? "</section>" : "";
				return `${close}<section class="step" id="step-${step}" data-step="${step}">` +
					`<h3>${inner} <span class="mark" role="img"></span></h3>`;
			},
			code({ text: code, lang }) {
				if (lang === "check" && step) {
					checks.set(step, code.trim().replace(/\n/g, "; "));
					return "";
				}
				return lang === "console" ? console_block(code, words)
					: `<pre class="file" tabindex="0"><code>${escape(code)}</code></pre>`;
			},
			link({ href, tokens }) {
				const inner = this.parser.parseInline(tokens);
				const [pattern, link] = LINKS.find(([one]) => one.test(href)) ?? [];
				return pattern ? `<a href="${escape(link(href.match(pattern)))}">${inner}</a>`
					: inner;
			},
		},
	});
	const html = marked.parse(text.replace(BROKEN, "$1"));
	return { html: html + (sections ? "</section>" : ""), checks };
}

export class Guide {
	#place; #machine; #words; #language; #index = []; #at = 0;
	#checks = new Map(); #current = null; #timer = 0;
	// The step that is being asked about, how often that was done, and whether to ask again.
	#asking = null; #asked = 0; #again = false;
	#done = new Set(JSON.parse(localStorage.getItem(DONE) ?? "[]"));
	#select; #type;

	// `type` types a line; `select` has the chapters.
	constructor(place, select, machine, type) {
		this.#place = place;
		this.#select = select;
		this.#machine = machine;
		this.#type = type;
		place.addEventListener("click", (event) => this.#clicked(event));
		select.addEventListener("change", () => this.open(Number(select.value)));
		machine.addEventListener("said", (event) => this.#heard(event.detail));
		machine.addEventListener("reset", () => this.#asking = null);
	}

	async load(language, words) {
		this.#language = language;
		this.#words = words;
		const all = await fetch("guide/index.json").then((response) => response.json())
			.catch(() => ({}));
		this.#index = all[language] ?? [];
		this.#select.replaceChildren(...this.#index.map((chapter, index) =>
			new Option(chapter.title, index)));
		this.#select.parentElement.hidden = this.#index.length === 0;
	}

	get chapters() {
		return this.#index.length;
	}

	get at() {
		return this.#at;
	}

	async open(index, step = null) {
		if (!this.#index.length) {
			this.#place.innerHTML = this.#beginning();
			return;
		}
		this.#at = Math.max(0, Math.min(index, this.#index.length - 1));
		this.#select.value = String(this.#at);
		const chapter = this.#index[this.#at];
		const text = await fetch(`guide/${this.#language}/${chapter.file}`)
			.then((response) => response.text());
		const { html, checks } = render(text, this.#words);
		this.#checks = checks;
		this.#place.innerHTML = html;
		this.#place.parentElement.scrollTop = 0;
		this.#current = null;
		this.#show_marks();
		this.#place.dispatchEvent(new CustomEvent("opened"));
		if (step)
			this.#go(step);
	}

	// Opens the chapter that has a step.
	async step(number) {
		const index = this.#index.findIndex((chapter) => chapter.steps.includes(number));
		await this.open(index < 0 ? 0 : index, index < 0 ? null : number);
	}

	// A behaviour, in the place of a chapter.
	row(id, row) {
		const blocks = row.commands.map((command) => `# ${command}`).join("\n");
		this.#current = null;
		this.#place.innerHTML = `<p class="kind">${escape(this.#words("behaviour", id))}</p>
			<h2>${escape(row.title)}</h2><p>${escape(row.teaches)}</p>
			${console_block(blocks, this.#words)}
			${this.#in_catalogue(id)}
			<p><a href="#">${escape(this.#words("leave"))}</a></p>`;
		this.#place.parentElement.scrollTop = 0;
	}

	// A behaviour that is not here.
	no_row(id) {
		this.#place.innerHTML = `<p>${escape(this.#words("no-row", id))}</p>${this.#in_catalogue(id)}`;
	}

	#in_catalogue(id) {
		return `<p><a href="catalogue/behaviours.html#${escape(id)}">${
			escape(this.#words("each-kernel"))}</a></p>`;
	}

	#beginning() {
		const commands = ["modprobe report_mod", "lsmod", "head -n 5 /proc/taskmods/tasks",
				  "rmmod core_mod", "modprobe -r report_mod walker_mod"];
		return `<h2>${escape(this.#words("start-here"))}</h2>
			<p>${escape(this.#words("no-chapter"))}</p>
			${console_block(commands.map((command) => `# ${command}`).join("\n"), this.#words)}`;
	}

	#go(step) {
		const section = this.#place.querySelector(`[data-step="${step}"]`);
		if (!section)
			return;
		this.#become(section);
		section.scrollIntoView({ block: "start" });
	}

	#become(section) {
		this.#place.querySelector(".current")?.classList.remove("current");
		section?.classList.add("current");
		this.#current = section?.dataset.step ?? null;
		this.#look();
	}

	#clicked(event) {
		const button = event.target.closest("[data-type]");
		if (!button)
			return;
		const section = button.closest("[data-step]");
		this.#type(button.dataset.type);
		button.classList.add("was");
		if (section)
			this.#become(section);
	}

	// What changes in the kernel may be what the step is about.
	#heard(said) {
		if (said.t !== "ran") {
			this.#look();
		} else if (said.id === `c${this.#asked}` && this.#asking) {
			if (said.status === 0)
				this.#finish(this.#asking);
			this.#asking = null;
			if (this.#again)
				this.#look();
		}
	}

	#look() {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#ask(), 250);
	}

	// One question at a time.
	#ask() {
		this.#again = this.#asking !== null;
		if (this.#again || !this.#checks.has(this.#current) || this.#done.has(this.#current))
			return;
		this.#asking = this.#current;
		this.#machine.ask(`run c${++this.#asked} ${this.#checks.get(this.#current)}`);
	}

	#finish(step) {
		this.#done.add(step);
		localStorage.setItem(DONE, JSON.stringify([...this.#done]));
		this.#show_marks();
	}

	#show_marks() {
		for (const section of this.#place.querySelectorAll("[data-step]")) {
			const mark = section.querySelector(".mark");
			const done = this.#done.has(section.dataset.step);
			section.classList.toggle("done", done);
			mark.hidden = !this.#checks.has(section.dataset.step);
			mark.setAttribute("aria-label", this.#words(done ? "done" : "not-done"));
			mark.title = this.#words(done ? "done" : "not-done");
		}
	}
}
