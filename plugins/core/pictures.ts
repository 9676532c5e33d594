import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import {
  createPictureAddresses,
  type PictureAddresses,
} from '../../src/domain/inspiration/picture-address.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Where pictures of customers' images are shown. */
    pictures: PictureAddresses;
    /** A path of ours as an address that the caller can use; an address stays as it is. */
    addressOf: (request: FastifyRequest, path: string) => string;
  }
}

interface PicturesOptions {
  /** The first signs, and each of them is known. */
  secrets: readonly [string, ...string[]];
  publicUrl: string | undefined;
}

/** The addresses of pictures: signed by the service, so that they stay the same while the image is processed. */
export default fp<PicturesOptions>(
  async (app, { secrets, publicUrl }) => {
    const base = publicUrl?.replace(/\/+$/, '');
    app.decorate('pictures', createPictureAddresses(secrets));
    app.decorate('addressOf', ({ protocol, host }, path) =>
      path.startsWith('/') ? `${base ?? `${protocol}://${host}`}${path}` : path,
    );
  },
  { name: 'pictures', fastify: '5.x' },
);
