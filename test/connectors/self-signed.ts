import { generate } from 'selfsigned';

const { private: key, cert } = await generate([{ name: 'commonName', value: 'mail.example' }], {
  algorithm: 'sha256',
  extensions: [
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'mail.example' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ],
});

/** A certificate that nobody trusts, for `mail.example` and 127.0.0.1, made anew each time: no key lies in the repository. */
export const SELF_SIGNED = { key, cert };
