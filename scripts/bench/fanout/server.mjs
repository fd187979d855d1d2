// The same few lines with Node's socket.io 4: join, say, acknowledge, tell everybody. WebSocket only, and nothing else.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
let head = 0;

io.on("connection", (socket) => {
  let name = "";
  socket.on("join", (asked, ack) => {
    name = asked.name;
    socket.join("everyone");
    ack({ ok: true, head });
  });
  socket.on("say", (asked, ack) => {
    head += 1;
    ack({ ok: true, seq: head });
    const by = { by: socket.id, name, colour: 7 };
    io.to("everyone").emit("posted", { kind: "said", seq: head, id: socket.id, at: Date.now(), ...by, text: asked.text });
  });
});

http.listen(0, "127.0.0.1", 1024, () => console.log(`listening ${http.address().port}`));
