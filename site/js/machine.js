// SPDX-License-Identifier: GPL-2.0
// The machine: a kernel that was saved after its boot, and goes on in here. What its console writes
// comes as "console", what its agent tells as "said", how far the download is as "progress".

// What went wrong, by a name that words.js has a sentence for.
export class Trouble extends Error {
	constructor(name, detail = "") {
		super(`${name} ${detail}`);
		this.name = name;
		this.detail = detail;
	}
}

async function download(url, tell) {
	let response;
	try {
		response = await fetch(url);
	} catch (error) {
		throw new Trouble("unreachable", url);
	}
	if (!response.ok || !response.body)
		throw new Trouble("missing", `${url}: ${response.status}`);
	const total = Number(response.headers.get("content-length")) || 12e6;
	const chunks = [];
	let have = 0;
	for (const reader = response.body.getReader();;) {
		const { done, value } = await reader.read();
		if (done)
			break;
		chunks.push(value);
		have += value.length;
		tell(Math.min(1, have / total));
	}
	return new Blob(chunks).arrayBuffer();
}

export class Machine extends EventTarget {
	#emulator = null;
	#state = null;
	#console = [];
	#line = "";
	// What is sent to a port while the kernel is not there yet; null once it is.
	#early = [];

	// Resolves once the kernel goes on; rejects with a Trouble.
	async start() {
		if (typeof WebAssembly !== "object")
			throw new Trouble("no-webassembly");
		const [module, machine, state] = await Promise.all([
			import("../vendor/v86/libv86.mjs").catch(() => {
				throw new Trouble("missing", "vendor/v86/libv86.mjs");
			}),
			fetch("js/machine.json").then((response) => response.json()).catch(() => {
				throw new Trouble("missing", "js/machine.json");
			}),
			download("state.bin.zst", (part) => this.#tell("progress", part)),
		]);
		this.#state = state;
		await this.#boot(module.V86, machine);
		const early = this.#early;
		this.#early = null;
		this.#greet();
		for (const [port, text] of early)
			this.#send(port, text);
	}

	#boot(V86, machine) {
		return new Promise((resolve, reject) => {
			try {
				this.#emulator = new V86({
					...machine,
					wasm_path: "vendor/v86/v86.wasm",
					initial_state: { buffer: this.#state },
					autostart: true,
				});
			} catch (error) {
				reject(new Trouble("no-memory", error.message));
			}
			// The emulator tells of what it cannot have only so.
			const failed = (event) => reject(new Trouble("no-memory",
				String(event.reason ?? event.message ?? "")));
			window.addEventListener("unhandledrejection", failed);
			this.#emulator.add_listener("emulator-started", () => {
				window.removeEventListener("unhandledrejection", failed);
				resolve();
			});
			this.#emulator.add_listener("serial0-output-byte", (byte) => this.#output(byte));
			this.#emulator.add_listener("serial1-output-byte", (byte) => this.#hear(byte));
		});
	}

	// Back to the saved state; resolves once the kernel goes on from there.
	async reset() {
		await this.#emulator.stop();
		this.#console = [];
		this.#line = "";
		await this.#emulator.restore_state(this.#state);
		this.#tell("reset");
		await this.#emulator.run();
		this.#greet();
	}

	// Types at the console.
	type(text) {
		this.#send(0, text);
	}

	// Asks the agent.
	ask(line) {
		this.#send(1, `${line}\n`);
	}

	#send(port, text) {
		if (this.#early)
			this.#early.push([port, text]);
		else
			this.#emulator.serial_send_bytes(port, new TextEncoder().encode(text));
	}

	// The state has a clock that stands, a terminal that shows nothing, and told all long ago.
	#greet() {
		this.ask(`time ${Math.floor(Date.now() / 1000)}`);
		this.ask("state");
		this.type("\x0c");
	}

	#tell(type, detail) {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}

	// Bytes come one by one; a terminal likes them together.
	#output(byte) {
		if (this.#console.push(byte) === 1)
			setTimeout(() => {
				this.#tell("console", Uint8Array.from(this.#console));
				this.#console = [];
			}, 4);
	}

	#hear(byte) {
		if (byte !== 10) {
			this.#line += String.fromCharCode(byte);
			return;
		}
		const line = this.#line;
		this.#line = "";
		try {
			this.#tell("said", JSON.parse(line));
		} catch (error) {
			// The end of a line that began before the state was saved.
		}
	}
}
