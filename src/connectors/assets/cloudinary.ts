import { createHash } from 'node:crypto';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Attempt, Outcome, Place } from '../connector.js';
import { type Reply, send } from '../http.js';
import { made } from '../outcome.js';

/**
 * Cloudinary: cloudinary.com/documentation/image_upload_api_reference (upload, destroy) and
 * cloudinary.com/documentation/authentication_signatures. Why not by its own package: docs/decisions/cloudinary-by-hand.md.
 */
export interface CloudinarySettings {
  apiUrl: string;
  cloudName: string;
  apiKey: string;
  apiSecret: string;
  folder: string;
}

interface Asset {
  /** Ours, the same for ever: what is put again takes the place of what was there. */
  id: string;
  content: Uint8Array;
  contentType: string;
  tags: string[];
}

/** Where pictures are delivered from, beside the object store. */
export interface AssetHost extends Place {
  /** `reference` is what the host calls it, `url` where it is shown. */
  put(asset: Asset, attempt: Attempt): Promise<Outcome & { url?: string }>;
  /** Takes it away, from caches too; what is not there is gone already. */
  remove(reference: string, attempt: Attempt): Promise<Outcome>;
}

const Uploaded = Type.Object({
  public_id: Type.String({ minLength: 1, maxLength: 300 }),
  secure_url: Type.String({ pattern: '^https://\\S+$', maxLength: 1000 }),
});
const Destroyed = Type.Object({ result: Type.Union([Type.Literal('ok'), Type.Literal('not found')]) });

const Failed = Type.Object({ error: Type.Object({ message: Type.String() }) });

type Parameters = Record<string, string>;

/** The parameters in the order of their names, joined as in a query, and the secret: SHA-1 in hex. */
export function signatureOf(parameters: Parameters, apiSecret: string): string {
  const names = Object.keys(parameters).sort();
  const said = names.map((name) => `${name}=${parameters[name]?.replace(/&/g, '%26')}`).join('&');
  return createHash('sha1')
    .update(said + apiSecret)
    .digest('hex');
}

export function createCloudinary(
  { apiUrl, cloudName, apiKey, apiSecret, folder }: CloudinarySettings,
  timeoutMs: number,
  now: () => Date = () => new Date(),
): AssetHost {
  async function post(
    action: string,
    own: Parameters,
    file: Blob | undefined,
    signal: AbortSignal,
  ): Promise<Reply> {
    const parameters = { ...own, timestamp: String(Math.floor(now().getTime() / 1000)) };
    const form = new FormData();
    for (const [name, value] of Object.entries(parameters)) form.set(name, value);
    form.set('api_key', apiKey);
    form.set('signature', signatureOf(parameters, apiSecret));
    if (file) form.set('file', file, 'picture.jpg');
    const encoded = new Response(form);
    const headers = { 'content-type': encoded.headers.get('content-type') ?? '' };
    const url = `${apiUrl}/v1_1/${encodeURIComponent(cloudName)}/image/${action}`;
    const body = new Uint8Array(await encoded.arrayBuffer());
    return send({ method: 'POST', url, headers, body }, timeoutMs, signal);
  }

  /** 420 is their older word for too many requests; a request is stale when its time is more than an hour from theirs. */
  function understood<Schema extends TSchema>(
    reply: Reply,
    schema: Schema,
    referenceOf: (body: Static<Schema>) => string,
  ): Outcome {
    const isStale =
      reply.answered && Value.Check(Failed, reply.body) && /^Stale request/i.test(reply.body.error.message);
    if (isStale)
      return {
        outcome: 'misconfigured',
        reason: `answered ${reply.status} (stale request): check the clock of this machine`,
      };
    const known = reply.answered && reply.status === 420 ? { ...reply, status: 429 } : reply;
    return made(known, schema, referenceOf, now());
  }

  return {
    name: 'cloudinary',
    limits: { concurrency: 4 },
    async put({ id, content, contentType, tags }, { signal }) {
      const parameters = {
        folder,
        public_id: id,
        tags: tags.join(','),
        overwrite: 'true',
        invalidate: 'true',
      };
      const file = new Blob([new Uint8Array(content)], { type: contentType });
      const reply = await post('upload', parameters, file, signal);
      const outcome = understood(reply, Uploaded, ({ public_id }) => public_id);
      if (outcome.outcome !== 'delivered' || !reply.answered) return outcome;
      return { ...outcome, url: (reply.body as typeof Uploaded.static).secure_url };
    },
    async remove(reference, { signal }) {
      const reply = await post('destroy', { public_id: reference, invalidate: 'true' }, undefined, signal);
      return understood(reply, Destroyed, () => reference);
    },
  };
}

/** `cloudinary://<key>:<secret>@<cloud>`; undefined for what is not that. */
export function readCloudinaryUrl(
  text: string,
): Pick<CloudinarySettings, 'cloudName' | 'apiKey' | 'apiSecret'> | undefined {
  const [, apiKey, apiSecret, cloudName] =
    /^cloudinary:\/\/(\d{1,30}):([\w-]{8,100})@([\w-]{1,100})\/?$/.exec(text) ?? [];
  return apiKey && apiSecret && cloudName ? { apiKey, apiSecret, cloudName } : undefined;
}
