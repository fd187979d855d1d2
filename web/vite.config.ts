import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { carried, noForeignAddress, precompress } from "./build/plugins.ts";

const server = process.env["CHATAPP_SERVER"] ?? "http://127.0.0.1:27272";
// No changeOrigin: the server compares Origin with Host.
const routes = { "/healthz": server, "/uploads": server, "/downloads": server };

/** The program's version, from its one place. */
const version = readFileSync("../chatapp/__init__.py", "utf8").match(/^__version__ = "(.+)"$/m)?.[1];
if (!version) throw new Error("chatapp/__init__.py names no version");

export default defineConfig({
  plugins: [svelte(), noForeignAddress(), precompress(), carried()],
  define: { __CHATAPP_VERSION__: JSON.stringify(version) },
  build: {
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    // One script and one stylesheet: three requests until the page can be used.
    rolldownOptions: { output: { codeSplitting: false } },
  },
  server: { proxy: { ...routes, "/socket.io": { target: server, ws: true } } },
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    restoreMocks: true,
    testTimeout: 30_000, // the random runs, on a machine with other things to do
  },
});
