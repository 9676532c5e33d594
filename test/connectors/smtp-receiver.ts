import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Test } from 'tap';
import { SELF_SIGNED } from './self-signed.js';

export interface ReceivedEmail {
  from: string;
  to: string[];
  data: string;
}

/** What the server answers to a command in place of its usual answer; `hang` for nothing, `reset` to end the connection. */
export type Refusals = Partial<
  Record<'CONNECT' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'BODY', string>
>;

const USUAL = {
  CONNECT: '220 mail.example ESMTP',
  EHLO: '250-mail.example\r\n250-AUTH PLAIN\r\n250 8BITMIME',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  BODY: '250 queued',
  QUIT: '221 bye',
};
type Verb = keyof typeof USUAL;

/** An SMTP server on this machine (RFC 5321) that keeps what it takes and what it hears; with TLS it has a certificate that nobody trusts. */
export async function smtpReceiver(
  t: Pick<Test, 'teardown'>,
  refusals: Refusals = {},
  { tls = false, onHang = () => {} } = {},
) {
  const emails: ReceivedEmail[] = [];
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const serve = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    converse(socket, { refusals, onHang, emails, heard });
  };
  const server = tls ? createTlsServer(SELF_SIGNED, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  /** With which the service sends its mails there. */
  const settings = { SMTP_URL: `smtp://127.0.0.1:${port}`, EMAIL_FROM: 'care@example.com' };
  return { port, settings, emails, heard };
}

interface Server {
  refusals: Refusals;
  onHang: () => void;
  emails: ReceivedEmail[];
  heard: string[];
}

function converse(socket: Socket, { refusals, onHang, emails, heard }: Server): void {
  let buffer = '';
  let email: ReceivedEmail = { from: '', to: [], data: '' };
  let inData = false;
  const answer = (verb: Verb) => {
    const text = { ...USUAL, ...refusals }[verb] ?? '502 unknown';
    if (text === 'reset') socket.resetAndDestroy();
    else if (text === 'hang') onHang();
    else socket.write(`${text}\r\n`);
  };
  const line = (text: string) => {
    heard.push(text);
    const verb = text.split(' ')[0]?.toUpperCase() as Verb;
    if (verb === 'MAIL') email = { from: text.slice(10), to: [], data: '' };
    if (verb === 'RCPT') email.to.push(text.slice(8));
    answer(verb);
    inData = verb === 'DATA' && !refusals.DATA;
  };
  answer('CONNECT');
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    buffer += chunk;
    for (;;) {
      const mark = inData ? '\r\n.\r\n' : '\r\n';
      const end = buffer.indexOf(mark);
      if (end < 0) return;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + mark.length);
      if (!inData) line(text);
      else {
        inData = false;
        emails.push({ ...email, data: text });
        answer('BODY');
      }
    }
  });
}
