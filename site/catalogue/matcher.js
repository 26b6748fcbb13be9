// SPDX-License-Identifier: GPL-2.0
// taskmods explain in this page: the command's own C, as WebAssembly.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// What the C library wants of a system: somewhere to write to, and nothing else.
function system(write) {
	return {
		fd_write(file, vectors, n, written) {
			const view = new DataView(write.memory().buffer);
			let total = 0;
			for (let i = 0; i < n; i++) {
				const at = view.getUint32(vectors + 8 * i, true);
				const size = view.getUint32(vectors + 8 * i + 4, true);
				write.bytes(file, new Uint8Array(view.buffer, at, size));
				total += size;
			}
			view.setUint32(written, total, true);
			return 0;
		},
		fd_close: () => 0,
		fd_seek: () => 70,
		fd_fdstat_get: () => 8,
		proc_exit(status) {
			throw new Error(`exit status ${status}`);
		},
	};
}

// Returns a function that gives of a text what taskmods explain --json says of it; throws where
// there is no WebAssembly.
export async function load_matcher(bytes) {
	let said = [], memory = null;
	const { instance } = await WebAssembly.instantiate(bytes, { wasi_snapshot_preview1: system({
		memory: () => memory,
		bytes: (file, part) => file === 1 && said.push(part.slice()),
	}) });
	const { room, explain, _initialize } = instance.exports;
	memory = instance.exports.memory;
	_initialize();
	return (text) => {
		const pasted = encoder.encode(text);
		const at = room(pasted.length || 1);
		if (!at)
			throw new Error("out of memory");
		new Uint8Array(memory.buffer, at, pasted.length).set(pasted);
		said = [];
		explain(at, pasted.length);
		return JSON.parse(said.map((part) => decoder.decode(part, { stream: true })).join("") +
			decoder.decode());
	};
}
