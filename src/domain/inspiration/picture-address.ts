import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Inspiration } from './inspiration.js';

/** How long an address of a picture works: as long as a conversation is likely to be looked at. */
export const PICTURE_HOURS = 24;

export const PICTURE_SIZES = ['web', 'thumbnail'] as const;
export type PictureSize = (typeof PICTURE_SIZES)[number];

/** What an address of a picture says, and what proves that it is one of ours. */
interface PictureTicket {
  inspirationId: string;
  size: PictureSize;
  /** In seconds since 1970. */
  expires: number;
  signature: string;
}

/**
 * The addresses at which pictures made from an image are shown, by whoever has one, until it ends. An address stays right whatever becomes
 * of its image: it shows what may be shown by then. The first secret signs, and each of them is known.
 */
export function createPictureAddresses(secrets: readonly [string, ...string[]]) {
  const signature = (
    secret: string,
    { inspirationId, size, expires }: Omit<PictureTicket, 'signature'>,
  ): Buffer => createHmac('sha256', secret).update(`picture:${inspirationId}:${size}:${expires}`).digest();

  /** Path and query; the same for the rest of the hour, so that a page that is opened again finds it in its cache. */
  function pathOf(inspirationId: string, now: Date, size: PictureSize = 'web'): string {
    const hour = Math.floor(now.getTime() / 3_600_000) + 1;
    const ticket = { inspirationId, size, expires: (hour + PICTURE_HOURS) * 3600 };
    const query = new URLSearchParams({
      size,
      expires: String(ticket.expires),
      signature: signature(secrets[0], ticket).toString('base64url'),
    });
    return `/api/concierge/inspiration/${encodeURIComponent(inspirationId)}/picture?${query}`;
  }

  function isValid(ticket: PictureTicket, now: Date): boolean {
    const given = Buffer.from(ticket.signature, 'base64url');
    const isOurs = secrets.some((secret) => {
      const right = signature(secret, ticket);
      return right.length === given.length && timingSafeEqual(right, given);
    });
    return isOurs && now.getTime() < ticket.expires * 1000;
  }

  /** The same, of an image that has something to show, or where else it is delivered from; undefined of one that has nothing. */
  function pictureOf(
    { inspirationId, renditions, published }: Pick<Inspiration, 'inspirationId' | 'renditions' | 'published'>,
    now: Date,
    size?: PictureSize,
  ): string | undefined {
    if (!renditions) return undefined;
    return size !== 'thumbnail' && published ? published.url : pathOf(inspirationId, now, size);
  }

  return { pathOf, pictureOf, isValid };
}

export type PictureAddresses = ReturnType<typeof createPictureAddresses>;
