import { Type } from '@sinclair/typebox';
import { OptionalText, SessionId } from './common.js';

/** The form as the API document shows it; the parts are checked one by one as they arrive. */
export const InspirationForm = Type.Object(
  {
    file: Type.Unsafe<string>({
      type: 'string',
      contentMediaType: 'image/*',
      description: 'JPEG, PNG, WebP, GIF, HEIC or AVIF; the bytes decide, not the name.',
    }),
    sessionId: SessionId,
    caption: OptionalText(500, 'What the customer says of it.'),
  },
  { description: 'The parts may come in either order.' },
);

export const InspirationResponse = Type.Object(
  {
    ok: Type.Literal(true),
    url: Type.String({ description: 'Where the image can be read, signed, for 15 minutes.' }),
    inspirationId: Type.String(),
    originalFileName: Type.String(),
    contentType: Type.String({ description: 'As the bytes say.' }),
    sizeBytes: Type.Integer({ minimum: 1 }),
    moderationStatus: Type.Union([
      Type.Literal('pending_review'),
      Type.Literal('clean'),
      Type.Literal('rejected'),
    ]),
  },
  {
    examples: [
      {
        ok: true,
        url: 'https://images.example/inspiration/7f3a.jpg?X-Amz-Signature=…',
        inspirationId: '0b6f3c1e-5d0a-4f3c-9a0e-2f1f5f6f7a10',
        originalFileName: 'ring.jpg',
        contentType: 'image/jpeg',
        sizeBytes: 182044,
        moderationStatus: 'pending_review',
      },
    ],
  },
);
