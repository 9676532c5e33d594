import { Argument, Command, InvalidArgumentError } from 'commander';

const ENDPOINTS = {
  CONCIERGE_PRODUCTS_ENDPOINT: '/api/concierge/products',
  CONCIERGE_ORDER_STATUS_ENDPOINT: '/api/concierge/orders/status',
  CONCIERGE_RETURNS_ENDPOINT: '/api/concierge/orders/returns',
  CONCIERGE_CAPSULE_ENDPOINT: '/api/concierge/capsule',
  CONCIERGE_STYLIST_ENDPOINT: '/api/concierge/stylist',
  CONCIERGE_CSAT_ENDPOINT: '/api/analytics/csat',
  CONCIERGE_SHORTLIST_ENDPOINT: '/api/concierge/shortlist',
  CONCIERGE_INSPIRATION_ENDPOINT: '/api/concierge/inspiration',
  CONCIERGE_ORDER_UPDATES_ENDPOINT: '/api/concierge/order-updates',
};

const DEVELOPMENT = { address: 'http://127.0.0.1:4400', key: 'dev-concierge-key' };

/** What the shop's .env needs to point its widget at the service. */
export const widgetEnvCommand = (): Command =>
  new Command('widget-env')
    .description("Print what the shop's .env needs to point its widget at the service.")
    .addArgument(
      new Argument('[address]', 'of the service; PUBLIC_URL, else that of `npm run dev`, when left out')
        .argParser(address)
        .default(process.env.PUBLIC_URL || DEVELOPMENT.address),
    )
    .addHelpText('after', '\nExample:\n  concierge widget-env https://concierge.example')
    .action(print);

function print(address: string): void {
  const base = address.replace(/\/+$/, '');
  const isHere = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(base).hostname);
  const [given] = (process.env.CONCIERGE_API_KEY ?? '').split(',');
  const key = given?.trim() || (isHere ? DEVELOPMENT.key : '');
  const lines = [
    "# The concierge calls the service, and not the stub or the shop's own database.",
    'CONCIERGE_DATA_MODE=remote',
    `CONCIERGE_API_BASE=${base}/api/concierge`,
    ...Object.entries(ENDPOINTS).map(([name, path]) => `${name}=${base}${path}`),
    ...(key
      ? [`CONCIERGE_API_KEY=${key}`]
      : [
          "# One of the keys in the service's CONCIERGE_API_KEY; it is not printed unless it is set here.",
          'CONCIERGE_API_KEY=',
        ]),
    "# A route of the shop's own, which adds the key and passes on to /api/analytics/events: docs/widget.md",
    'NEXT_PUBLIC_CONCIERGE_ANALYTICS_ENDPOINT=/api/concierge/events',
  ];
  console.log(lines.join('\n'));
}

function address(given: string): string {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new InvalidArgumentError('It is no address: give one such as https://concierge.example');
  return given;
}
