// From a message's body to its reply.
import { ServerError } from '../errors.js';
import type { Doc } from '../values.js';
import { adminCommands } from './admin.js';
import type { Commands, Context } from './context.js';
import { explain } from './explain.js';
import { handshakeCommands } from './handshake.js';
import { readCommands } from './read.js';
import { writeCommands } from './write.js';

const COMMANDS: Commands = { ...readCommands, ...writeCommands, ...adminCommands, explain };

/** The reply at once, but of a command that takes its time. */
export function runCommand(body: Doc, context: Context): Doc | Promise<Doc> {
  try {
    const reply = dispatch(body, context);
    if (reply instanceof Promise) return reply.then((late) => ({ ...late, ok: 1 }), errorReply);
    return { ...reply, ok: 1 };
  } catch (error) {
    return errorReply(error);
  }
}

function dispatch(body: Doc, context: Context): Doc | Promise<Doc> {
  const [name = ''] = Object.keys(body);
  const handshake = Object.hasOwn(handshakeCommands, name) && handshakeCommands[name];
  if (handshake) return handshake(body, context);
  context.database.assertSound();
  const command = Object.hasOwn(COMMANDS, name) && COMMANDS[name];
  if (!command) throw new ServerError('CommandNotFound', `no such command: '${name}'`);
  return command(body, context);
}

export function errorReply(error: unknown): Doc {
  if (error instanceof ServerError) {
    const { code, codeName, message, extra } = error;
    return { ok: 0, errmsg: message, code, codeName, ...extra };
  }
  console.error(error); // a fault of the server itself
  return { ok: 0, errmsg: `internal error: ${String(error)}`, code: 1, codeName: 'InternalError' };
}
