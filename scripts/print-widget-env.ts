/** `npm run widget:env [-- https://concierge.example]`: what the widget's .env needs to point at the service. */
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

const [address = process.env.PUBLIC_URL || DEVELOPMENT.address] = process.argv.slice(2);
if (!/^https?:\/\//.test(address) || !URL.canParse(address)) {
  console.error(`Not an address: ${address}. Give one such as https://concierge.example`);
  process.exit(1);
}
const key = process.env.CONCIERGE_API_KEY?.split(',')[0]?.trim() || DEVELOPMENT.key;
for (const [name, path] of Object.entries(ENDPOINTS))
  console.log(`${name}=${address.replace(/\/+$/, '')}${path}`);
console.log(`CONCIERGE_API_KEY=${key}`);
