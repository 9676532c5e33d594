import { type Static, Type } from '@sinclair/typebox';
import { MODERATION_STATUSES, REASONS } from '../src/domain/inspiration/inspiration.js';
import { PICTURE_HOURS, PICTURE_SIZES } from '../src/domain/inspiration/picture-address.js';
import { Named, OptionalText, SessionId, shown, Timestamp, Words } from './common.js';

const Caption = OptionalText(500, 'What the customer says of it.');

/** The form as the API document shows it; the parts are checked one by one as they arrive. */
export const InspirationForm = Named(
  'InspirationForm',
  {
    file: Type.Unsafe<string>({
      type: 'string',
      contentMediaType: 'image/*',
      description:
        'JPEG, PNG, WebP, GIF, HEIC or AVIF. The bytes decide; a name or a media type that says otherwise is refused.',
    }),
    sessionId: SessionId,
    caption: Caption,
  },
  { description: 'The parts may come in either order.' },
);

export const SignedUploadRequest = Named(
  'SignedUploadRequest',
  {
    sessionId: SessionId,
    fileName: Type.String({ maxLength: 255, description: 'As the customer calls it.' }),
    contentType: Type.String({ maxLength: 100, description: 'Of the image, such as `image/jpeg`.' }),
    sizeBytes: Type.Integer({ minimum: 1, description: 'Exactly: nothing larger or smaller is taken.' }),
    caption: Caption,
  },
  {
    description: 'An image that the client will send to the store itself.',
    ...shown({
      'announce-an-image': {
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        fileName: 'ring.jpg',
        contentType: 'image/jpeg',
        sizeBytes: 182044,
      },
    }),
  },
);
export type SignedUploadRequest = Static<typeof SignedUploadRequest>;

const ModerationStatus = Words(
  MODERATION_STATUSES,
  'Only clean images are shown to stylists.',
  'ModerationStatus',
);

const IMAGE = {
  inspirationId: Type.String(),
  originalFileName: Type.String(),
  contentType: Type.String({ description: 'As it was sent; the bytes say so.' }),
  sizeBytes: Type.Integer({ minimum: 1, description: 'As it was sent.' }),
  moderationStatus: ModerationStatus,
};
const Address = (description: string) =>
  Type.String({ description: `${description}; signed by the service, for ${PICTURE_HOURS} hours at least.` });

const IMAGE_EXAMPLE = {
  inspirationId: 'insp_0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
  originalFileName: 'ring.jpg',
  contentType: 'image/jpeg',
  sizeBytes: 182044,
};
const KEPT_EXAMPLE = {
  ok: true,
  url: 'https://concierge.example/api/concierge/inspiration/insp_0b6f3c1e/picture?size=web&expires=1777716000&signature=…',
  ...IMAGE_EXAMPLE,
  moderationStatus: 'pending_review',
};

const InspirationResponse = Named(
  'InspirationResponse',
  {
    ok: Type.Literal(true),
    url: Address('Where the image is shown: a placeholder at first, then the picture drawn from it'),
    ...IMAGE,
  },
  { ...shown({ 'kept-and-not-yet-seen': KEPT_EXAMPLE }) },
);

const SignedUpload = Named(
  'SignedUpload',
  {
    ok: Type.Literal(true),
    inspirationId: Type.String(),
    uploadUrl: Type.String({
      description: 'Where a form with these fields, and the `file` last, is posted.',
    }),
    fields: Type.Record(Type.String(), Type.String(), {
      description: 'They fix the key, the type and the size.',
    }),
    expiresAt: Timestamp('Until when it can be sent'),
  },
  {
    ...shown({
      'where-to-send-the-image': {
        ok: true,
        inspirationId: IMAGE_EXAMPLE.inspirationId,
        uploadUrl: 'https://images.example/',
        fields: { key: 'uploads/insp_0b6f3c1e.jpg', 'Content-Type': 'image/jpeg', Policy: 'eyJ…' },
        expiresAt: '2026-05-01T10:10:00.000Z',
      },
    }),
  },
);

/** The answer to a form, and to an image that is announced. */
export const UploadResponse = Type.Union([InspirationResponse, SignedUpload], {
  title: 'UploadResponse',
  'x-examples': { ...InspirationResponse['x-examples'], ...SignedUpload['x-examples'] },
});

export const InspirationParams = Type.Object({ inspirationId: Type.String({ maxLength: 64 }) });

export const CompleteUploadRequest = Named(
  'CompleteUploadRequest',
  { sessionId: SessionId },
  {
    description: 'The session that has announced the image.',
    ...shown({ 'the-session-that-announced-it': { sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7' } }),
  },
);

export const PictureQuery = Type.Object({
  size: Type.Optional(Words(PICTURE_SIZES, 'For the web, or small. The first, when left out.')),
  expires: Type.Integer({ minimum: 0, description: 'When the address ends, in seconds since 1970.' }),
  signature: Type.String({ maxLength: 64, description: 'What proves that the address is one of ours.' }),
});

export const CompletedUpload = Named(
  'CompletedUpload',
  {
    ...InspirationResponse.properties,
    url: Address('Where the image is shown'),
  },
  { ...shown({ 'kept-and-not-yet-seen': KEPT_EXAMPLE }) },
);

export const InspirationRecord = Named(
  'InspirationRecord',
  {
    ...IMAGE,
    sessionId: Type.String(),
    caption: Type.Optional(Type.String()),
    url: Type.Optional(Address('The picture for the web')),
    thumbnailUrl: Type.Optional(Address('The small picture')),
    reason: Type.Optional(
      Type.String({
        enum: Object.keys(REASONS),
        description: `Why it is rejected or waits. ${Object.entries(REASONS)
          .map(([reason, meaning]) => `\`${reason}\`: ${meaning}`)
          .join(' ')}`,
      }),
    ),
    createdAt: Timestamp('When it came'),
    version: Type.Integer({ description: 'One more with each step; a review names it.' }),
  },
  {
    ...shown({
      'a-clean-image': {
        ...IMAGE_EXAMPLE,
        moderationStatus: 'clean',
        sessionId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        url: 'https://concierge.example/api/concierge/inspiration/insp_0b6f3c1e/picture?size=web&expires=1777716000&signature=…',
        thumbnailUrl:
          'https://concierge.example/api/concierge/inspiration/insp_0b6f3c1e/picture?size=thumbnail&expires=1777716000&signature=…',
        createdAt: '2026-05-01T10:00:00.000Z',
        version: 2,
      },
    }),
  },
);
