// SPDX-License-Identifier: GPL-2.0
// What the reader chose, for all pages: a language and a theme.

const LANGUAGE = "taskmods-language";
const THEME = "taskmods-theme";

export function chosen_language(languages) {
	const wanted = new URLSearchParams(location.search).get("lang") ??
		localStorage.getItem(LANGUAGE) ?? navigator.language;
	return languages.find((one) => wanted.toLowerCase().startsWith(one)) ?? "en";
}

// Says what a page's elements ask for by data-words, data-label and data-title.
export function put_words(language, words) {
	localStorage.setItem(LANGUAGE, language);
	document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
	for (const element of document.querySelectorAll("[data-words]"))
		element.textContent = words(element.dataset.words);
	for (const element of document.querySelectorAll("[data-label]"))
		element.setAttribute("aria-label", words(element.dataset.label));
	for (const element of document.querySelectorAll("[data-title]"))
		element.title = words(element.dataset.title);
}

// Has a button change the theme, which is the system's until then.
export function start_theme(button) {
	const root = document.documentElement;
	root.dataset.theme = localStorage.getItem(THEME) ??
		(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
	button.addEventListener("click", () => {
		root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
		localStorage.setItem(THEME, root.dataset.theme);
	});
}
