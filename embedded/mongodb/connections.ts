/*
 * Connections, and the promise behind every reply: it is sent only after what it acknowledges has reached the operating
 * system. All commands of one turn of the event loop share a write.
 */
import type { Socket } from 'node:net';
import type { Context } from './commands/context.js';
import { errorReply, runCommand } from './commands/index.js';
import { ServerError } from './errors.js';
import type { Doc } from './values.js';
import { encodeReply, framer, type Message, parseCommand } from './wire.js';

const LINGER_MS = 500;

interface Reply {
  socket: Socket;
  bytes: Buffer;
}

export function acceptor(context: Context) {
  const sockets = new Set<Socket>();
  let waiting: Reply[] = [];

  // After a failed write the sender cannot be told that its command was done, nor that it was not.
  const settle = () => {
    const replies = waiting;
    waiting = [];
    try {
      context.database.flush();
    } catch (error) {
      console.error(error);
      for (const { socket } of replies) socket.destroy();
      return;
    }
    for (const { socket, bytes } of replies) socket.write(bytes);
  };

  // A promise when the command takes its time.
  const answer = (socket: Socket, message: Message): void | Promise<void> => {
    const send = (reply: Doc) => {
      if (waiting.length === 0) setImmediate(settle);
      waiting.push({ socket, bytes: message.silent ? Buffer.alloc(0) : encodeReply(message, reply) });
    };
    const reply = replyTo(message, context);
    return reply instanceof Promise ? reply.then(send) : send(reply);
  };

  const accept = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const misunderstood = () => socket.destroy(); // it does not speak the protocol
    // what comes over a connection is done in its order
    let before: Promise<void> | undefined;
    const receive = framer((message) => {
      const done = before ? before.then(() => answer(socket, message)) : answer(socket, message);
      if (!done) return;
      const settled = done.catch(misunderstood).then(() => {
        if (before === settled) before = undefined;
      });
      before = settled;
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        receive(chunk);
      } catch {
        misunderstood();
      }
    });
  };

  const closeAll = () => {
    for (const socket of sockets) {
      socket.destroySoon();
      setTimeout(() => socket.destroy(), LINGER_MS).unref(); // its peer may have stopped reading
    }
  };

  return { accept, settle, closeAll };
}

function replyTo(message: Message, context: Context): Doc | Promise<Doc> {
  let command: Doc;
  try {
    command = parseCommand(message);
  } catch (error) {
    if (error instanceof ServerError) return errorReply(error);
    throw error;
  }
  return runCommand(command, context);
}
