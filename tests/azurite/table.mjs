// Azurite's table service, which ends with its parent: when stdin closes. Takes the options of azurite-table.
import { createRequire } from "node:module";

process.stdin.on("end", () => process.exit(0)).resume();
createRequire(import.meta.url)("azurite/dist/src/table/main.js");
