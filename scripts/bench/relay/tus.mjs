// tus's own server with its own store of files, as its manual shows it: node tus.mjs FOLDER
import { createServer } from "node:http";
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const tus = new Server({ path: "/files", datastore: new FileStore({ directory: process.argv[2] }) });
const http = createServer((asked, answer) => tus.handle(asked, answer));
http.listen(0, "127.0.0.1", () => console.log(`listening ${http.address().port}`));
