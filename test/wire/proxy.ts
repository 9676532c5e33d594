// Between the driver and the engine, on the wire: whatever a network and a replica set can do to a command.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Document, deserialize, serialize } from 'bson';

/**
 * What happens to a command: it is lost with its connection before the engine has it, or its reply is when the engine has
 * done it; the server is not the primary any more, before or after it has done it; the reply is late; or the engine gets
 * the command twice, and the second reply is the one that arrives.
 */
export const FAULTS = ['lost', 'reply lost', 'not primary', 'done, not primary', 'late', 'twice'] as const;
export type Fault = (typeof FAULTS)[number];

interface ProxyOptions {
  /** What is to happen to this command; undefined lets it pass. Handshakes and pings always pass. */
  plan?(name: string, command: Document): Fault | undefined;
  /** Is told of every command. */
  record?(command: Document): void;
  /** Calls itself a replica set of one server by this name. */
  setName?: string;
  lateMs?: number;
}

const HANDSHAKES = ['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'buildInfo', 'buildinfo'];
const NOT_PRIMARY: Document = { ok: 0, errmsg: 'not primary', code: 10107, codeName: 'NotWritablePrimary' };

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
    if (options.plan || options.setName)
      serve(client, engine, options, () => `127.0.0.1:${(server.address() as AddressInfo).port}`);
    else listen(client, engine, options.record);
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

/** Passes everything on as it comes. */
function listen(client: Socket, engine: Socket, record: ProxyOptions['record']): void {
  const note = messages((bytes) => {
    const message = open(bytes);
    if (message.silent) return;
    const command = parseCommand(message);
    if (!HANDSHAKES.includes(Object.keys(command)[0] ?? '')) record?.(command);
  });
  client.on('data', (chunk) => {
    engine.write(chunk);
    note(chunk);
  });
  engine.pipe(client);
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

  client.on(
    'data',
    messages((bytes) => void pass(open(bytes))),
  );
  engine.on(
    'data',
    messages((reply) => waiting.shift()?.(reply)),
  );
}

/** Cuts a stream into messages, each of which begins with its length. */
function messages(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let data: Buffer = Buffer.alloc(0);
  return (chunk) => {
    data = data.length > 0 ? Buffer.concat([data, chunk]) : chunk;
    while (data.length >= 4 && data.length >= data.readInt32LE(0)) {
      const length = data.readInt32LE(0);
      onMessage(data.subarray(0, length));
      data = data.subarray(length);
    }
  };
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const MORE_TO_COME = 2;

interface Message {
  bytes: Buffer;
  requestId: number;
  opcode: number;
  /** The sender waits for no reply. */
  silent: boolean;
}

function open(bytes: Buffer): Message {
  const opcode = bytes.readInt32LE(12);
  const silent = opcode === OP_MSG && (bytes.readUInt32LE(16) & MORE_TO_COME) !== 0;
  return { bytes, requestId: bytes.readInt32LE(4), opcode, silent };
}

/** The document of a message, with the lists of documents that a driver sends beside it. */
function parseCommand({ bytes, opcode }: Message): Document {
  const documentAt = (at: number) => deserialize(bytes.subarray(at, at + bytes.readInt32LE(at)));
  if (opcode === OP_QUERY) return documentAt(bytes.indexOf(0, 20) + 9); // after the collection, and two numbers
  let command: Document = {};
  const lists: Document = {};
  for (let at = 20; at < bytes.length; ) {
    const isList = bytes[at++] === 1;
    const end = at + bytes.readInt32LE(at);
    if (!isList) command = documentAt(at);
    else {
      const nameEnd = bytes.indexOf(0, at + 4);
      const list: Document[] = [];
      for (let next = nameEnd + 1; next < end; next += bytes.readInt32LE(next)) list.push(documentAt(next));
      lists[bytes.toString('utf8', at + 4, nameEnd)] = list;
    }
    at = end;
  }
  return { ...command, ...lists };
}

function encodeReply({ requestId, opcode }: Message, reply: Document): Buffer {
  const body = serialize(reply);
  const header = Buffer.alloc(opcode === OP_QUERY ? 36 : 21);
  header.writeInt32LE(header.length + body.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opcode === OP_QUERY ? OP_REPLY : OP_MSG, 12);
  if (opcode === OP_QUERY) header.writeInt32LE(1, 32); // one document
  return Buffer.concat([header, body]);
}

const HEADER_OF_REPLY: Record<number, number> = { [OP_REPLY]: 36, [OP_MSG]: 21 };

function asReplicaSet(message: Message, reply: Buffer, setName: string, me: string): Buffer {
  const body = deserialize(reply.subarray(HEADER_OF_REPLY[reply.readInt32LE(12)] ?? 21));
  const member: Document = {
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
