// SPDX-License-Identifier: GPL-2.0
// The terminal on the kernel's console.
import { Terminal } from "../vendor/xterm/xterm.mjs";
import { FitAddon } from "../vendor/xterm/addon-fit.mjs";

const THEME = {
	background: "#11151c", foreground: "#e7e5df", cursor: "#ff8a73", cursorAccent: "#11151c",
	selectionBackground: "#3c4a63", red: "#ff8a73", green: "#7fd6b6", yellow: "#f0b55a",
	blue: "#8fb8ff", magenta: "#d6aef2", cyan: "#84d5e8", brightBlack: "#9aa3b2",
};

export function open_terminal(place, machine, words) {
	const terminal = new Terminal({
		theme: THEME, lineHeight: 1.2, fontSize: 14, cursorBlink: false, convertEol: false,
		fontFamily: '"JetBrains Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", ' +
			'"Noto Sans Mono", monospace',
		scrollback: 2000, allowProposedApi: false,
	});
	const fit = new FitAddon();
	let told = "";

	function resize() {
		if (place.clientWidth < 40 || place.clientHeight < 40)
			return;
		terminal.options.fontSize = place.clientWidth < 520 ? 12 : 14;
		fit.fit();
		const size = `size ${terminal.rows} ${terminal.cols}`;
		if (size !== told)
			machine.ask(told = size);
	}

	terminal.loadAddon(fit);
	terminal.open(place);
	terminal.textarea.setAttribute("aria-label", words("terminal"));
	// Tab is the shell's: F6 leads out.
	terminal.attachCustomKeyEventHandler((event) => event.key !== "F6");
	terminal.onData((text) => machine.type(text));
	machine.addEventListener("console", (event) => terminal.write(event.detail));
	machine.addEventListener("reset", () => {
		terminal.reset();
		told = "";
	});
	machine.addEventListener("said", (event) => {
		if (event.detail.t === "hello")
			machine.ask(told || (told = `size ${terminal.rows} ${terminal.cols}`));
	});
	new ResizeObserver(resize).observe(place);
	resize();
	return terminal;
}

// A line as if it were typed, in the place of what may stand at the prompt.
export function type_line(machine, line) {
	machine.type(`\x15${line}\r`);
}
