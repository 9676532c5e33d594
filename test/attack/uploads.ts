// Files that bite: API4 of the OWASP API Security Top 10 (2023).
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { inTurn, type Row, range, statusesOf } from './row.js';
import { KEYS, type Target } from './target.js';

const PATH = '/api/concierge/inspiration';
/** As many as are received at once. */
const PLACES = 8;

const square = (side: number) =>
  sharp({ create: { width: side, height: side, channels: 3, background: '#c08040' } });

function upload(target: Target, bytes: Buffer, type: string, sessionId: string = randomUUID()) {
  const form = new FormData();
  form.append('sessionId', sessionId);
  form.append('file', new Blob([new Uint8Array(bytes)], { type }), `ring.${type.slice(6)}`);
  return target.send(PATH, { key: 'widget', body: form });
}

/** Announces an upload, sends the beginning, and then nothing more. */
async function stall({ address }: Target, beginning: Buffer) {
  const head = [
    `POST ${PATH} HTTP/1.1`,
    'host: x',
    `authorization: Bearer ${KEYS.widget}`,
    'content-type: multipart/form-data; boundary=b',
    'content-length: 500000',
  ];
  const form =
    '--b\r\nContent-Disposition: form-data; name="sessionId"\r\n\r\nstalled\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
    .on('error', () => {})
    .resume();
  await new Promise<void>((sent) =>
    socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n${form}`), beginning]), () =>
      sent(),
    ),
  );
  return socket;
}

function chunk(name: string, data: Buffer): Buffer {
  const framed = Buffer.alloc(12 + data.length);
  framed.writeUInt32BE(data.length, 0);
  framed.write(name, 4, 'latin1');
  data.copy(framed, 8);
  return framed;
}

async function bombs(): Promise<[name: string, type: string, bytes: Buffer][]> {
  const png = await square(8).png().toBuffer();
  const text = chunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(40_000_000))]));
  const packed = Buffer.concat([png.subarray(0, 33), ...range(6).map(() => text), png.subarray(33)]);
  const claimed = Buffer.from(png);
  claimed.writeUInt32BE(60_000, 16);
  claimed.writeUInt32BE(60_000, 20);
  const wide = sharp({ create: { width: 1_000_000, height: 63, channels: 3, background: 'red' } }).png();
  const jpeg = await square(64).jpeg({ progressive: true }).toBuffer();
  const start = jpeg.indexOf(Buffer.from([0xff, 0xc2]));
  jpeg.writeUInt16BE(65_500, start + 5);
  jpeg.writeUInt16BE(65_500, start + 7);
  const gif = await square(8).gif().toBuffer();
  gif.writeUInt16LE(65_535, 6);
  gif.writeUInt16LE(65_535, 8);
  return [
    ['texts that unpack to 240 MB', 'image/png', packed],
    ['1,000,000 × 63', 'image/png', await wide.toBuffer()],
    ['a PNG that claims 60,000 × 60,000', 'image/png', claimed],
    ['a JPEG that claims 65,500 × 65,500', 'image/jpeg', jpeg],
    ['a GIF that claims 65,535 × 65,535', 'image/gif', gif],
  ];
}

export const uploadRows: Row[] = [
  {
    on: 'API4 unrestricted resource consumption',
    what: `${PLACES * 2} uploads that stall, each elsewhere, then honest ones`,
    async run(target) {
      const png = await square(300).png().toBuffer();
      const sockets = await Promise.all(range(PLACES * 2).map((n) => stall(target, png.subarray(0, n * 40))));
      const honest = await Promise.all(range(PLACES).map(() => upload(target, png, 'image/png')));
      for (const socket of sockets) socket.destroy();
      const inProgress = async () => {
        const { text } = await target.send('/metrics', { key: 'staff' });
        return Number(/^uploads_in_progress (\d+)/m.exec(text)?.[1]);
      };
      for (let look = 0; look < 100 && (await inProgress()) > 0; look++) await wait(50);
      const left = await inProgress();
      return {
        holds: left === 0 && honest.every(({ status }) => status === 201),
        came: `the honest ones ${statusesOf(honest)}; ${left} in progress afterwards`,
      };
    },
  },
  {
    on: 'API4 unrestricted resource consumption',
    what: 'images that unpack to gigabytes: packed texts, long rows, many pixels, sizes that are made up',
    async run(target) {
      const sessionId = randomUUID();
      const all = await bombs();
      const sent = await inTurn(all.length, (n) =>
        upload(target, ...((all[n] ?? []).slice(1).reverse() as [Buffer, string]), sessionId),
      );
      const honest = await upload(target, await square(64).png().toBuffer(), 'image/png', sessionId);
      const images = target.db.collection('widgetInspiration');
      while ((await images.countDocuments({ sessionId, nextDeliveryAt: { $exists: true } })) > 0)
        await wait(50);
      const became = await inTurn(all.length, async (n) => {
        const image = await images.findOne({ inspirationId: sent[n]?.body.inspirationId });
        return `${all[n]?.[0]}: ${image ? [image.moderationStatus, image.reason].filter(Boolean).join(' ') : sent[n]?.status}`;
      });
      const last = await images.findOne({ inspirationId: honest.body.inspirationId });
      const isUp = target.isUp() && (await target.send('/health/ready')).status === 200;
      return {
        holds: isUp && last?.renditions !== undefined,
        came: `${became.join('; ')}; the service ${isUp ? 'stands' : 'is DOWN'}, an honest one is drawn`,
      };
    },
  },
];
