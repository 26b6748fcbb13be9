// SPDX-License-Identifier: GPL-2.0
// node save-state.mjs V86 FIRMWARE KERNEL INITRD STATE: boots the lab's machine, and saves it once its
// shell and its agent wait.
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [v86, firmware, kernel, initrd, state] = process.argv.slice(2);
const PATIENCE = 1200;
// Of memory that is not used nothing is left in the state: so it is zeroed.
const CMDLINE = "console=ttyS0 quiet tsc=reliable mitigations=off init_on_free=1";
const SETTLE = "sync; echo 3 > /proc/sys/vm/drop_caches; sleep 2";

async function buffer(path) {
	const bytes = await readFile(path);
	return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
}

const { V86 } = await import(pathToFileURL(`${v86}/libv86.mjs`));
const machine = JSON.parse(await readFile(new URL("js/machine.json", import.meta.url)));
const emulator = new V86({
	...machine,
	wasm_path: `${v86}/v86.wasm`,
	autostart: true,
	bios: await buffer(`${firmware}/bios.bin`),
	vga_bios: await buffer(`${firmware}/vgabios-stdvga.bin`),
	bzimage: await buffer(kernel),
	initrd: await buffer(initrd),
	cmdline: CMDLINE,
});

let console_ = "";
let agent = "";
let waiting = null;

function await_(seen) {
	return new Promise((resolve) => {
		waiting = () => seen() && (waiting = null, resolve());
		waiting();
	});
}

emulator.add_listener("serial0-output-byte", (byte) => {
	console_ += String.fromCharCode(byte);
	if (console_.endsWith("end Kernel panic"))
		fail("the kernel panicked");
	if (waiting)
		waiting();
});
emulator.add_listener("serial1-output-byte", (byte) => {
	agent += String.fromCharCode(byte);
	if (waiting && byte === 10)
		waiting();
});
setTimeout(() => fail(`no prompt within ${PATIENCE} s`), PATIENCE * 1000).unref();

function fail(why) {
	console.error(`${why}; the console's end:\n${console_.slice(-2000)}`);
	console.error(`the agent's:\n${agent.slice(-500)}`);
	process.exit(1);
}

function tell(line) {
	emulator.serial_send_bytes(1, new TextEncoder().encode(`${line}\n`));
}

await await_(() => console_.endsWith("# ") && agent.includes('"t":"hello"'));
tell(`run settle ${SETTLE}`);
await await_(() => agent.includes('"id":"settle"'));
await emulator.stop();
await writeFile(state, Buffer.from(await emulator.save_state()));
process.exit(0);
