import { randomUUID } from 'node:crypto';
import t from 'tap';
import { mayAct, mayBeTold, type OrdersProof, type Proof, proofOf } from '../../src/domain/orders/proof.js';
import { WIDGET_SCOPES } from '../../src/platform/keys/keys.js';

const cases: [
  title: string,
  session: string[] | null,
  scopes: string[],
  policy: OrdersProof,
  proof: Proof,
][] = [
  ['without a session', null, [], 'required', 'none'],
  ['a session that has proved nothing', [], [], 'required', 'none'],
  ['a session that has proved another order', ['GG-1'], [], 'required', 'none'],
  ['a session that has proved this order', ['GG-1', 'GG-2'], [], 'required', 'proved'],
  ['the key of the widget', [], [...WIDGET_SCOPES], 'required', 'none'],
  ['a key whose shop has checked the login', null, ['orders:trusted'], 'required', 'proved'],
  ['a shop that checks, and a session that has proved nothing', [], [], 'trusted', 'trusted'],
  ['a shop that checks, without a session', null, [], 'trusted', 'trusted'],
  ['a shop that checks, and a session that has proved this order', ['GG-2'], [], 'trusted', 'proved'],
];

for (const [title, verifiedOrders, scopes, policy, proof] of cases)
  t.test(`proof of an order, ${title} (${policy}): ${proof}`, async (t) => {
    const session = verifiedOrders && { sessionId: randomUUID(), verifiedOrders };
    t.equal(proofOf({ session, scopes }, 'GG-2', policy), proof);
  });

t.test(
  'proof of an order: a number alone changes nothing and tells nothing, trust changes without telling',
  async (t) => {
    t.same([mayAct('none'), mayBeTold('none')], [false, false]);
    t.same([mayAct('trusted'), mayBeTold('trusted')], [true, false]);
    t.same([mayAct('proved'), mayBeTold('proved')], [true, true]);
  },
);

t.test('proof of an order: in a session whose id can be guessed it counts for nothing', async (t) => {
  for (const sessionId of ['widget-1764450000', 'ada', '42', '019ac2f5-8c00-7a5b-9c3d-2f1e4b6a8d70'])
    t.equal(
      proofOf({ session: { sessionId, verifiedOrders: ['GG-2'] }, scopes: [] }, 'GG-2', 'required'),
      'none',
    );
});
