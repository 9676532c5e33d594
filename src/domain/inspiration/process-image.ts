import type { Storage } from '../../platform/storage/storage.js';
import type { Scan } from './clamd.js';
import type { Inspiration, Reason, Rendition } from './inspiration.js';
import { type Drawn, PICTURE_TYPE, type Picture } from './re-encode-image.js';
import type { ImageChange, InspirationRepository } from './repository.js';
import { DecoderFailed, type Render } from './run-decoder.js';

export interface ImageTools {
  images: InspirationRepository;
  storage: Pick<Storage, 'read' | 'put' | 'remove'>;
  /** Undefined where there is no scanner. */
  scan: Scan | undefined;
  render: Render;
  /** Whether an image that nothing has scanned counts as clean once it is re-encoded. */
  trustUnscanned: boolean;
  now: () => Date;
}

/** An image that a decoder has failed over so often is not given to it again. */
const MAX_DECODES = 3;

export const renditionKey = (inspirationId: string, name: 'web' | 'thumbnail'): string =>
  `inspiration/${inspirationId}/${name}.jpg`;

/** Where an image stays as it was sent: not in `incoming/`, where nothing stays for long. */
export const keptKey = (originalKey: string): string => originalKey.replace(/^incoming\//, 'inspiration/');

/**
 * Scans an image, re-encodes it, says on its record what has come of it, and deletes what was sent. It may be run again at any point: each
 * step does the same again, and what was sent goes last. `attempt` is 1 the first time.
 */
export async function processImage(
  image: Inspiration,
  tools: ImageTools,
  signal: AbortSignal,
  attempt = 1,
): Promise<void> {
  const { images, storage, scan, render } = tools;
  const { originalKey } = image;
  if (image.moderationStatus !== 'pending_review' || image.reason || !originalKey) return;
  const bytes = await storage.read(originalKey, undefined, signal);
  if (!bytes) return decide(images, image, tools.now(), rejected('gone'));
  const verdict = await scan?.(bytes, signal);
  if (verdict?.clean === false)
    return decide(images, image, tools.now(), rejected('infected', verdict.signature));
  const rendered = await render(bytes, image.contentType).catch((error): Drawn => {
    if (error instanceof DecoderFailed && attempt >= MAX_DECODES) return { outcome: 'unreadable' };
    throw error;
  });
  const decision = await keep(image, rendered, tools, signal);
  const trusted = verdict?.clean || tools.trustUnscanned;
  return decide(images, image, tools.now(), trusted ? decision : unscanned(decision));
}

/** What has come of an image: what changes on its record, and what a person should know of it. */
interface ImageVerdict {
  change: ImageChange;
  note?: string;
}

/** Stores what is left of the image: its pictures, if it could be drawn anew, and never itself. */
async function keep(
  image: Inspiration,
  rendered: Drawn,
  { storage }: ImageTools,
  signal: AbortSignal,
): Promise<ImageVerdict> {
  const { inspirationId } = image;
  if (rendered.outcome !== 'rendered') return rejected(rendered.outcome);
  const store = async (name: 'web' | 'thumbnail', { bytes: body, width, height }: Picture) => {
    const key = renditionKey(inspirationId, name);
    await storage.put({ key, body, contentType: PICTURE_TYPE }, signal);
    return { key, contentType: PICTURE_TYPE, width, height, sizeBytes: body.length } satisfies Rendition;
  };
  const renditions = {
    web: await store('web', rendered.web),
    thumbnail: await store('thumbnail', rendered.thumbnail),
  };
  return { change: { set: { renditions, moderationStatus: 'clean' }, unset: ['originalKey'] } };
}

const rejected = (reason: Reason, note?: string): ImageVerdict => ({
  change: { set: { moderationStatus: 'rejected', reason }, unset: ['originalKey'] },
  note,
});

/** Without a scanner's word, what would be clean waits for a person. */
function unscanned(decision: ImageVerdict): ImageVerdict {
  const { set, ...change } = decision.change;
  if (set?.moderationStatus !== 'clean') return decision;
  return {
    change: { ...change, set: { ...set, moderationStatus: 'pending_review', reason: 'not_scanned' } },
  };
}

async function decide(
  images: InspirationRepository,
  image: Inspiration,
  at: Date,
  { change, note }: ImageVerdict,
): Promise<void> {
  const reason = [change.set?.reason, note].filter((part) => part).join(': ');
  const action = change.set?.moderationStatus === 'rejected' ? ('rejected' as const) : ('processed' as const);
  const step = { at, by: 'service', action, note: reason };
  if (!(await images.change(image, step, change)))
    throw new Error('The image was changed while it was processed');
}
