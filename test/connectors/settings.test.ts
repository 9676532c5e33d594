import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { SegmentedMessage } from 'sms-segments-calculator';
import t, { type Test } from 'tap';
import { readVendorSettings } from '../../src/config/vendor-settings.js';
import { VENDOR_VARIABLES } from '../../src/config/vendor-variables.js';
import { createConnectors } from '../../src/connectors/index.js';
import { renderSms } from '../../src/connectors/templates/fit-sms-segment.js';
import { TEMPLATES, type Template, valuesOf } from '../../src/connectors/templates/message-texts.js';
import { updateValues } from '../../src/connectors/templates/message-values.js';
import { readMessages } from '../../src/connectors/templates/read-messages.js';
import { renderEmail, type Values } from '../../src/connectors/templates/render.js';

const SHOP = { SHOP_NAME: 'GlowGlitch', SHOP_TIMEZONE: 'UTC', SHOP_LOCALE: 'en-US' };
const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

const read = (env: Record<string, string>) => {
  const problems: string[] = [];
  const settings = readVendorSettings(
    {
      CONNECTOR_TIMEOUT_MS: 10_000,
      WEBHOOK_TIMEOUT_MS: 20_000,
      CLOUDINARY_FOLDER: 'concierge',
      ...SHOP,
      ...env,
    },
    problems,
  );
  return { settings, problems };
};

const ZENDESK = {
  ZENDESK_SUBDOMAIN: 'shop',
  ZENDESK_EMAIL: 'agent@shop.example',
  ZENDESK_API_TOKEN: 'S3CRET',
};
const AIRTABLE = { AIRTABLE_BASE_ID: 'app1', AIRTABLE_TABLE: 'Tickets', AIRTABLE_TOKEN: 'S3CRET' };
const TWILIO = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'S3CRET', TWILIO_FROM: '+12025550100' };
const BRAZE = { BRAZE_REST_URL: 'https://rest.iad-01.braze.com/', BRAZE_API_KEY: 'S3CRET' };
const SMTP = { SMTP_URL: 'smtps://user:S3CRET@mail.example', EMAIL_FROM: 'Shop <care@shop.example>' };
const FULFILMENT = {
  FULFILMENT_WEBHOOK_URL: 'https://wms.example/hooks/',
  FULFILMENT_WEBHOOK_SECRET: SECRET,
};
const RENDER = { RENDER_WEBHOOK_URL: 'https://render.example', RENDER_WEBHOOK_SECRET: SECRET };
const RENDER_QUEUE = { RENDER_SQS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/render.fifo' };
const ANALYTICS = { ANALYTICS_WEBHOOK_URL: 'https://events.example', ANALYTICS_WEBHOOK_SECRET: SECRET };
const ANALYTICS_QUEUE = { ANALYTICS_SQS_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/events' };

t.test('connectors: nothing is needed', async (t) => {
  const { settings, problems } = read({});
  t.same(problems, []);
  t.same(createConnectors(settings), {});
  t.equal(settings.messages['return.confirmation'], TEMPLATES['return.confirmation']);
});

t.test('connectors: each vendor goes to its place', async (t) => {
  const cases: [Record<string, string>, Record<string, string>][] = [
    [ZENDESK, { crm: 'zendesk' }],
    [AIRTABLE, { crm: 'airtable' }],
    [{ CRM_WEBHOOK_URL: 'https://crm.example', CRM_WEBHOOK_SECRET: SECRET }, { crm: 'crm-webhook' }],
    [TWILIO, { notifications: 'twilio' }],
    [BRAZE, { notifications: 'braze' }],
    [SMTP, { email: 'smtp', notifications: 'smtp' }],
    [
      { ...SMTP, ...TWILIO },
      { email: 'smtp', notifications: 'twilio+smtp' },
    ],
    [
      { ...SMTP, ...BRAZE },
      { email: 'smtp', notifications: 'braze' },
    ],
    [FULFILMENT, { fulfilment: 'webhook' }],
    [RENDER, { render: 'webhook' }],
    [RENDER_QUEUE, { render: 'sqs' }],
    [ANALYTICS, { analytics: 'webhook' }],
    [ANALYTICS_QUEUE, { analytics: 'sqs' }],
    [{ TEAM_WEBHOOK_URL: 'https://hooks.slack.com/services/x' }, { team: 'slack' }],
    [{ TEAM_WEBHOOK_URL: 'https://prod-1.westus.logic.azure.com/workflows/x' }, { team: 'teams' }],
    [{ CLOUDINARY_URL: 'cloudinary://1:abcdefgh@cloud' }, { assets: 'cloudinary' }],
  ];
  for (const [env, expected] of cases) {
    const { settings, problems } = read(env);
    t.same(problems, []);
    const connectors = Object.entries(createConnectors(settings)).map(([to, { name }]) => [to, name]);
    t.same(Object.fromEntries(connectors), expected);
  }
});

t.test('connectors: a vendor that is set in part is an error that names what is missing', async (t) => {
  for (const vendor of [ZENDESK, AIRTABLE, TWILIO, BRAZE, SMTP, FULFILMENT, RENDER, ANALYTICS] as Record<
    string,
    string
  >[])
    for (const name of Object.keys(vendor)) {
      const { [name]: _, ...rest } = vendor;
      const { problems, settings } = read(rest);
      t.equal(problems.length, 1, problems.join('\n'));
      t.match(problems[0], new RegExp(`^${name}( or \\w+)? is missing: .* needs it`));
      t.same(createConnectors(settings), {}, 'and it is not used');
    }
  t.match(read({ ZENDESK_FIELDS: 'phone=1' }).problems.length, 3, 'even when only an option is set');
  t.match(read({ ...RENDER_QUEUE, SQS_ACCESS_KEY_ID: 'AKIA' }).problems, [/both or neither/]);
});

t.test('connectors: two vendors for one place are an error that names both', async (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ ...ZENDESK, ...AIRTABLE }, /^ZENDESK_SUBDOMAIN and AIRTABLE_BASE_ID cannot both be set: crm/],
    [{ ...TWILIO, ...BRAZE }, /^TWILIO_ACCOUNT_SID and BRAZE_REST_URL .* notifications/],
    [{ ...RENDER, ...RENDER_QUEUE }, /^RENDER_WEBHOOK_URL and RENDER_SQS_QUEUE_URL .* render/],
    [{ ...ANALYTICS, ...ANALYTICS_QUEUE }, /^ANALYTICS_WEBHOOK_URL and ANALYTICS_SQS_QUEUE_URL .* analytics/],
  ];
  for (const [env, expected] of cases) t.match(read(env).problems, [expected]);
});

t.test('connectors: what is wrong is named, without its value', async (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ ...ZENDESK, ZENDESK_BASE_URL: 'http://zendesk.S3CRET.example' }, /^ZENDESK_BASE_URL .* only https/],
    [{ ...BRAZE, BRAZE_REST_URL: 'https://S3CRET@rest.example' }, /^BRAZE_REST_URL .* credentials/],
    [{ ...BRAZE, BRAZE_API_KEY: 'S3CRET S3CRET' }, /^BRAZE_API_KEY is not valid/],
    [{ ...TWILIO, TWILIO_BASE_URL: 'https://' }, /^TWILIO_BASE_URL .* no address/],
    [{ ...ZENDESK, ZENDESK_FIELDS: 'orderNumber=1, S3CRET=2' }, /^ZENDESK_FIELDS is not valid/],
    [{ ...FULFILMENT, FULFILMENT_WEBHOOK_SECRET: 'S3CRET' }, /^FULFILMENT_WEBHOOK_SECRET is not valid/],
    [
      { ...FULFILMENT, FULFILMENT_WEBHOOK_SECRET: `${SECRET},S3CRET` },
      /^FULFILMENT_WEBHOOK_SECRET is not valid/,
    ],
    [{ ...RENDER, RENDER_WEBHOOK_SECRET: 'whsec_UzNDUkVU' }, /^RENDER_WEBHOOK_SECRET .* 24 to 64 bytes/],
    [{ ...SMTP, EMAIL_FROM: 'S3CRET' }, /^EMAIL_FROM is not valid/],
    [{ ...SMTP, SMTP_URL: 'smtp://S3CRET@mail.example' }, /^SMTP_URL is not valid/],
    [{ ...SMTP, SMTP_URL: 'smtp://user:S3CRET%@mail.example' }, /^SMTP_URL is not valid/],
    [{ SES_TOPIC_ARN: 'arn:aws:sqs:us-east-1:123456789012:S3CRET' }, /^SES_TOPIC_ARN is not valid/],
    [{ SENDGRID_WEBHOOK_KEY: 'S3CRET' }, /^SENDGRID_WEBHOOK_KEY is not valid/],
    [{ POSTMARK_WEBHOOK_LOGIN: 'name:S3CRET' }, /^POSTMARK_WEBHOOK_LOGIN is not valid/],
    [{ CLOUDINARY_URL: 'https://1:S3CRETS3CRET@cloud' }, /^CLOUDINARY_URL is not valid/],
    [{ TEAM_WEBHOOK_URL: 'http://S3CRET.example' }, /^TEAM_WEBHOOK_URL .* only https/],
    [{ TEAM_WEBHOOK_URL: 'https://a.example', TEAM_NOTE_FIELDS: 'name,S3CRET' }, /^TEAM_NOTE_FIELDS/],
    [{ RENDER_SQS_QUEUE_URL: 'https://queues.S3CRET.example/1/render' }, /^SQS_REGION is missing/],
  ];
  for (const [env, expected] of cases) {
    const { problems } = read(env);
    t.match(problems, [expected]);
    t.equal(problems.length, 1, problems.join('\n'));
    t.notMatch(problems.join('\n'), /S3CRET|UzND/);
  }
});

t.test('connectors: settings as they are read', async (t) => {
  const zendesk = (env: object) => read({ ...ZENDESK, ...env }).settings.zendesk;
  t.match(zendesk({ ZENDESK_FIELDS: 'orderNumber=36, phone = 37' }), {
    baseUrl: 'https://shop.zendesk.com',
    fields: { orderNumber: 36, phone: 37 },
  });
  t.match(zendesk({ ZENDESK_BASE_URL: 'http://127.0.0.1:4000/' }), { baseUrl: 'http://127.0.0.1:4000' });
  t.equal(read(FULFILMENT).settings.fulfilment?.url, 'https://wms.example/hooks/', 'to the letter');
  t.equal(read(BRAZE).settings.braze?.restUrl, 'https://rest.iad-01.braze.com');
  t.same(read({ ...BRAZE, BRAZE_SMS_GROUP_ID: 'g' }).settings.braze?.groups, { sms: 'g' });
  t.match(read({ ...RENDER, RENDER_WEBHOOK_SECRET: `${SECRET}, ${SECRET}` }).settings.renderWebhook?.keys, {
    length: 2,
  });
  t.match(
    read({ ...RENDER_QUEUE, SQS_ACCESS_KEY_ID: 'a', SQS_SECRET_ACCESS_KEY: 'b' }).settings.renderQueue,
    {
      region: 'eu-west-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    },
  );

  const smtp = (url: string) => read({ ...SMTP, SMTP_URL: url }).settings.smtp;
  t.match(smtp('smtps://user%40shop:p%3Ass@mail.example'), {
    host: 'mail.example',
    port: 465,
    secure: true,
    auth: { user: 'user@shop', pass: 'p:ss' },
  });
  t.match(smtp('smtp://mail.example'), { port: 587, secure: false, requireTls: true, auth: undefined });
  t.match(
    smtp('smtp://127.0.0.1:2525'),
    { port: 2525, requireTls: false },
    'in the clear on this machine only',
  );
  t.match(smtp('smtp://[::1]'), { host: '::1', requireTls: false });
});

t.test('connectors: the schema of the environment', async (t) => {
  const schema = Type.Object(VENDOR_VARIABLES);
  const errors = (env: object) =>
    [...Value.Errors(schema, Value.Default(schema, { ...env }))].map(({ path }) => path);
  t.same(errors({}), []);
  const all = {
    ...ZENDESK,
    ...AIRTABLE,
    ...TWILIO,
    ...BRAZE,
    ...SMTP,
    ...FULFILMENT,
    ...RENDER,
    ...ANALYTICS,
  };
  t.same(errors(all), []);
  t.same(errors({ ZENDESK_SUBDOMAIN: 'shop.zendesk.com/x' }), ['/ZENDESK_SUBDOMAIN']);
  t.same(errors({ RENDER_WEBHOOK_URL: 'ftp://render' }), ['/RENDER_WEBHOOK_URL']);
  t.same(errors({ SMTP_URL: 'https://mail' }), ['/SMTP_URL']);
  for (const [name, { description = '' }] of Object.entries(VENDOR_VARIABLES))
    t.match(description, /\.$/, `${name} is described`);
});

function file(t: Test, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-messages-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'messages.json');
  writeFileSync(path, content);
  return path;
}

t.test('connectors: messages', async (t) => {
  const problemsOf = (content: string) => {
    const problems: string[] = [];
    readMessages(file(t, content), problems);
    return problems;
  };

  await t.test('every one of ours names only what it can', async (t) => {
    t.same(problemsOf(JSON.stringify(TEMPLATES)), []);
    for (const kind of Object.keys(TEMPLATES) as (keyof typeof TEMPLATES)[]) {
      const values = Object.fromEntries(valuesOf(kind).map((name) => [name, `<${name}>`]));
      const { subject, text, html } = renderEmail(TEMPLATES[kind], values);
      t.notMatch(subject + text + html, /[{}]|undefined/, kind);
      t.ok(subject.length > 10 && text.endsWith('<shop>') && html.includes('&lt;shop&gt;'), kind);
    }
  });

  await t.test('a file replaces parts of them', async (t) => {
    const problems: string[] = [];
    const path = file(t, JSON.stringify({ 'return.confirmation': { subject: 'Retour {{rmaId}}' } }));
    const messages = readMessages(path, problems);
    t.same(problems, []);
    t.equal(messages['return.confirmation'].subject, 'Retour {{rmaId}}');
    t.equal(messages['return.confirmation'].text, TEMPLATES['return.confirmation'].text);
    t.equal(messages['subscription.created'], TEMPLATES['subscription.created']);
    t.same(read({ MESSAGES_FILE: path }).settings.messages, messages);
  });

  await t.test('what is wrong with a file is said at the start', async (t) => {
    const cases: [string, RegExp][] = [
      ['{', /^MESSAGES_FILE is not JSON/],
      ['[]', /^MESSAGES_FILE is not as it should be/],
      ['{"return.confirmation":{"subject":""}}', /not as it should be at \/return.confirmation\/subject/],
      ['{"return.confirmation":{"body":"x"}}', /not as it should be at \/return.confirmation\/body/],
      [
        '{"return.confirmed":{"subject":"x"}}',
        /unknown kind, return.confirmed. Known are .*return.confirmation/,
      ],
      ['{"__proto__x":{"subject":"x"},"toString":{"subject":"x"}}', /unknown kind/],
      ['{"subscription.created":{"sms":"{{ rmaId }}"}}', /subscription.created cannot name {{rmaId}}/],
    ];
    for (const [content, expected] of cases) t.match(problemsOf(content)[0] ?? '', expected, content);
    const problems: string[] = [];
    readMessages('/nowhere/messages.json', problems);
    t.match(problems, [/^MESSAGES_FILE cannot be read/]);
  });

  await t.test('values are data', async (t) => {
    const template = {
      subject: '{{shop}}',
      text: 'Hello {{shop}}',
      html: '<b title="{{shop}}">{{shop}}</b>',
    };
    const evil = `<script>alert('1')</script> & "{{orderNumber}}"\r\nBcc: all@example.com\u0000\u2028x`;
    const { subject, text, html } = renderEmail(template, { shop: evil, orderNumber: 'GG-1' });
    t.notMatch(subject, /[\r\n\0\u2028]/, 'no header of its own');
    t.equal(
      text,
      `Hello <script>alert('1')</script> & "{{orderNumber}}"\nBcc: all@example.com x`,
      'a value is no template, and has no control characters',
    );
    const escaped = '&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;{{orderNumber}}&quot;';
    t.equal(html.split(escaped).length, 3, 'escaped in a template of ours or of the shop');
    const made = renderEmail(
      { subject: 's', text: 'Hello {{shop}}\r\n\r\n{{orderNumber}}\n\nBye' },
      { shop: '<i>\nx' },
    );
    t.equal(made.text, 'Hello <i>\nx\n\nBye', 'an empty paragraph leaves no gap');
    t.match(made.html, /<p>Hello &lt;i&gt;<br>x<\/p>\n<p>Bye<\/p>/);
    t.equal(renderSms('{{toString}}{{constructor}}a', {}), 'a');
  });

  await t.test(
    'a text message is one segment of GSM-7, in every language, by the count of Twilio',
    async (t) => {
      const locales = [
        'en-US',
        'de-DE',
        'fr-FR',
        'es-ES',
        'it-IT',
        'pt-BR',
        'nl-NL',
        'pl-PL',
        'cs-CZ',
        'tr-TR',
        'sv-SE',
        'vi-VN',
      ];
      const words = [
        'Delivered',
        'Livré – à l’instant',
        'W drodze… źdźbło',
        'Çok yakında',
        'Đã giao 🎉',
        'long '.repeat(200),
      ];
      for (const [kind, { sms }] of Object.entries<Template>(TEMPLATES)) {
        if (!sms) continue;
        for (const locale of locales)
          for (const label of words) {
            const shop = {
              name: `Glow’Glitch ${label.slice(0, 60)}`,
              timeZone: 'UTC',
              locale,
              returnAddress: [],
            };
            const update = {
              label,
              carrier: `UPS ${label}`,
              tracking: '**6784',
              eta: new Date('2026-02-04T12:00:00Z'),
            };
            const values = {
              ...updateValues('GG-1234567890', update, shop),
              code: '123456',
              contact: 'care@glowglitch.example',
            };
            const text = renderSms(sms, values);
            const counted = new SegmentedMessage(text);
            t.same([counted.encodingName, counted.segmentsCount], ['GSM-7', 1], `${kind} ${locale}: ${text}`);
            t.ok(kind !== 'subscription.code' || text.includes('123456'));
          }
      }
      const first = renderSms(TEMPLATES['subscription.created'].sms, {
        shop: 'GlowGlitch',
        orderNumber: 'GG-12345',
      });
      for (const part of [
        /^GlowGlitch: text updates on order GG-12345/,
        /frequency/,
        /data rates may apply/,
        /HELP/,
        /STOP/,
      ])
        t.match(first, part);
      const others: [sms: string, values: Values, text: string | number][] = [
        ['{{shop}}', { shop: 'x'.repeat(5000) }, 160],
        ['{{shop}}', { shop: '[€]'.repeat(100) }, 80],
        ['{{shop}}: 発送済み {{status}}', { shop: '宝石', status: 'x'.repeat(100) }, 70],
        [`${'long '.repeat(40)}{{shop}}`, { shop: 'ours' }, `${'long '.repeat(40)}ours`],
        ['x'.repeat(500), {}, 480],
        [
          '{{shop}} {{parcel}} {{expected}}',
          { shop: 's'.repeat(120), parcel: 'p'.repeat(30), expected: 'e'.repeat(20) },
          `${'s'.repeat(120)} ${'p'.repeat(30)}`,
        ],
      ];
      for (const [sms, values, expected] of others) {
        const text = renderSms(sms, values);
        if (typeof expected === 'string') t.equal(text, expected);
        else t.ok(text.length <= expected && text.length > expected - 6, `${text.length} letters: ${text}`);
      }
    },
  );
});
