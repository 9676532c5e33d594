// Between the driver and the engine, on the wire: whatever a network and a replica set can do to a command.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { decode } from '../../embedded/mongodb/codec.js';
import type { Doc } from '../../embedded/mongodb/values.js';
import { encodeReply, framer, type Message, parseCommand } from '../../embedded/mongodb/wire.js';

/**
 * What happens to a command: it is lost with its connection before the engine has it, or its reply is when the engine has
 * done it; the server is not the primary any more, before or after it has done it; the reply is late; or the engine gets
 * the command twice, and the second reply is the one that arrives.
 */
export const FAULTS = ['lost', 'reply lost', 'not primary', 'done, not primary', 'late', 'twice'] as const;
export type Fault = (typeof FAULTS)[number];

export interface ProxyOptions {
  /** What is to happen to this command; undefined lets it pass. Handshakes and pings always pass. */
  plan?(name: string, command: Doc): Fault | undefined;
  /** Is told of every command. */
  record?(command: Doc): void;
  /** Calls itself a replica set of one server by this name. */
  setName?: string;
  lateMs?: number;
}

const HANDSHAKES = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'buildInfo', 'buildinfo'];
const NOT_PRIMARY: Doc = { ok: 0, errmsg: 'not primary', code: 10107, codeName: 'NotWritablePrimary' };

export async function startProxy(uri: string, options: ProxyOptions) {
  const { hostname, port } = new URL(uri);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
    }
    serve(client, engine, options, () => `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  const query = options.setName ? `?replicaSet=${options.setName}` : '';
  return { uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/${query}`, stop };
}

function serve(client: Socket, engine: Socket, options: ProxyOptions, address: () => string): void {
  const { plan, record, setName, lateMs = 30 } = options;
  const waiting: ((reply: Buffer) => void)[] = [];
  const ask = (bytes: Buffer) =>
    new Promise<Buffer>((resolve) => {
      waiting.push(resolve);
      engine.write(bytes);
    });

  async function pass(message: Message): Promise<void> {
    if (message.silent) {
      engine.write(message.bytes);
      return;
    }
    const command = parseCommand(message);
    const [name = ''] = Object.keys(command);
    if (HANDSHAKES.includes(name)) {
      const reply = await ask(message.bytes);
      client.write(setName && name !== 'ping' ? asReplicaSet(message, reply, setName, address()) : reply);
      return;
    }
    record?.(command);
    const fault = plan?.(name, command);
    if (fault === 'lost') client.destroy();
    else if (fault === 'not primary') client.write(encodeReply(message, NOT_PRIMARY));
    else {
      if (fault === 'twice') await ask(message.bytes);
      const reply = await ask(message.bytes);
      if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, lateMs));
      if (fault === 'reply lost') client.destroy();
      else client.write(fault === 'done, not primary' ? encodeReply(message, NOT_PRIMARY) : reply);
    }
  }

  const receive = framer((message) => void pass(message));
  client.on('data', (chunk: Buffer) => receive(chunk));
  engine.on(
    'data',
    replies((reply) => waiting.shift()?.(reply)),
  );
}

/** Cuts what an engine sends into replies. */
function replies(onReply: (reply: Buffer) => void): (chunk: Buffer) => void {
  let data: Buffer = Buffer.alloc(0);
  return (chunk) => {
    data = data.length > 0 ? Buffer.concat([data, chunk]) : chunk;
    while (data.length >= 4 && data.length >= data.readInt32LE(0)) {
      const length = data.readInt32LE(0);
      onReply(data.subarray(0, length));
      data = data.subarray(length);
    }
  };
}

const HEADER_OF_REPLY: Record<number, number> = { 1: 36, 2013: 21 };

function asReplicaSet(message: Message, reply: Buffer, setName: string, me: string): Buffer {
  const body = decode(reply.subarray(HEADER_OF_REPLY[reply.readInt32LE(12)] ?? 21));
  const member: Doc = {
    setName,
    setVersion: 1,
    hosts: [me],
    me,
    primary: me,
    isWritablePrimary: true,
    secondary: false,
  };
  return encodeReply(message, body.isWritablePrimary === undefined ? body : { ...body, ...member });
}
