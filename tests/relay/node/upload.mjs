// An upload by tus-js-client that goes on by itself: node upload.mjs FILE URL FOLDER_OF_TUS-JS-CLIENT
import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [file, url, packages] = process.argv.slice(2);
const tus = createRequire(pathToFileURL(`${packages}/`))("tus-js-client");
const upload = new tus.Upload(createReadStream(file), {
  uploadUrl: url,
  uploadSize: statSync(file).size,
  chunkSize: Infinity,
  retryDelays: [50, 50, 50, 100, 100, 100, 200, 200, 400, 400],
  onBeforeRequest(request) {
    console.log(request.getMethod());
  },
  onError(error) {
    console.error(`${error}`);
    process.exit(1);
  },
});
upload.start();
