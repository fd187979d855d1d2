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

/** Writes .vite/carried.json: the packages of which the bundle holds something, for the notice of licences. */
export function carried(): Plugin {
  return {
    name: "chatapp:carried",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const names = carriedPackages(chunks.flatMap((chunk) => Object.keys(chunk.modules)));
      this.emitFile({ type: "asset", fileName: ".vite/carried.json", source: JSON.stringify(names) });
    },
  };
}

/** The npm packages that modules come from, each once, in order. */
export function carriedPackages(modules: string[]): string[] {
  const found = modules.flatMap((module) => module.match(/.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/)?.[1] ?? []);
  return [...new Set(found.map((name) => name.replace("\\", "/")))].sort();
}

/** The first address in a served text that is not an XML namespace, or undefined. */
export function foreignAddress(text: string): string | undefined {
  return text.match(/https?:\/\/(?!www\.w3\.org\/)[\w[]+[^\s"'`)]*/)?.[0];
}
