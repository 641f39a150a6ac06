// Calls a module for Python: [module, body, given] as JSON on standard input, what `body` returns on standard output.
import { text } from "node:stream/consumers";

const load = (module) => import(new URL(`../../cnnviz/ui/${module}`, import.meta.url));
const [module, body, given] = JSON.parse(await text(process.stdin));
const AsyncFunction = (async () => {}).constructor;
const returned = await new AsyncFunction("m", "given", "load", body)(await load(module), given, load);
process.stdout.write(JSON.stringify(returned ?? null));
