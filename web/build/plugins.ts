import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Writes a .gz beside every text file of the bundle, so that the server never compresses. */
export function precompress(): Plugin {
  return {
    name: "chatapp:precompress",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(html|js|css|svg)$/.test(file.fileName)) continue;
          const text = file.type === "chunk" ? file.code : file.source;
          const source = gzipSync(text, { level: 9 });
          this.emitFile({ type: "asset", fileName: `${file.fileName}.gz`, source });
        }
      },
    },
  };
}

/** Takes the libraries' links to their documentation out of error texts: nothing served names another address. */
export function noForeignAddress(): Plugin {
  return {
    name: "chatapp:no-foreign-address",
    apply: "build",
    renderChunk(code) {
      return { code: code.replace(/https:\/\/(svelte\.dev|socket\.io)(?=\/)/g, "$1"), map: null };
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        const found = foreignAddress(String(file.type === "chunk" ? file.code : file.source));
        if (found) this.error(`${file.fileName} names a foreign address: ${found}`);
      }
    },
  };
}

/** The first address in a served text that is not an XML namespace, or undefined. */
export function foreignAddress(text: string): string | undefined {
  return text.match(/https?:\/\/(?!www\.w3\.org\/)[\w[]+[^\s"'`)]*/)?.[0];
}
