// SPDX-License-Identifier: GPL-2.0
// What all pages of the catalogue have: words, language, theme, and what the page is told.
import { chosen_language, put_words, start_theme } from "../js/preferences.js";
import { words_of } from "../js/words.js";
import { $ } from "./dom.js";
import { WORDS } from "./words.js";

const LANGUAGES = Object.keys(WORDS);
const page = document.body.dataset.page;
let language = chosen_language(LANGUAGES);

export let words = words_of(language, WORDS);

function say() {
	words = words_of(language, WORDS);
	put_words(language, words);
	document.title = `taskmods: ${words(page)}`;
}

async function told() {
	const response = await fetch(`${page}.json`).catch(() => null);
	if (response?.ok)
		return response.json();
	$("trouble").hidden = false;
	$("trouble").textContent = words("missing", `${page}.json`);
	return null;
}

// Calls `show` with what the page is told, and again each time that the language is another one.
export async function start(show) {
	let data = null;
	document.querySelector(`header a[href="${page}.html"]`).setAttribute("aria-current", "page");
	start_theme($("theme"));
	$("language").addEventListener("click", () => {
		language = LANGUAGES[(LANGUAGES.indexOf(language) + 1) % LANGUAGES.length];
		say();
		if (data)
			show(data);
	});
	say();
	data = await told();
	if (data)
		show(data);
}
