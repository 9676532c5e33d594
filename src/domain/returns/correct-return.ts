import { enqueue } from '../../outbox/enqueue.js';
import { RETURN_CHANGED, RETURN_SLIP } from './deliveries.js';
import type { ReturnIntake } from './new-return.js';
import type { ReturnsRepository } from './repository.js';
import type { ReturnLine, ReturnRequest } from './return-request.js';

/** Someone else changes the same RMA at the same moment this often at most. */
const ATTEMPTS = 5;

/**
 * Puts an open RMA right by what is wished of the same pieces now: sizes and notes. What is not said again stays. The fulfilment service is
 * told, and the slip is drawn anew. A wish that says the same is a harmless repeat.
 */
export async function correctReturn(
  returns: ReturnsRepository,
  open: ReturnRequest,
  wished: ReturnLine[],
  { notes = open.notes }: Pick<ReturnIntake, 'notes'>,
  at: Date,
): Promise<{ outcome: 'corrected' | 'repeated'; request: ReturnRequest }> {
  let before = open;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lines = before.lines.map((line) => correctedLine(line, wished));
    const changed = lines.filter((line, index) => line !== before.lines[index]);
    if (changed.length === 0 && notes === before.notes) return { outcome: 'repeated', request: before };
    const sizes = changed.flatMap(({ title, size }) => (size ? [`${title}: size ${size}`] : []));
    const step = {
      status: before.status,
      // two changes of the same millisecond are told apart by it
      at: new Date(Math.max(at.getTime(), before.updatedAt.getTime() + 1)),
      by: 'customer',
      note: `Changed. ${sizes.join('; ')}`.trim(),
      lines,
      notes,
    };
    const { deliveries, nextDeliveryAt = at } = enqueue([RETURN_SLIP.of(), RETURN_CHANGED.of()], at);
    const after = await returns.correct(before, step, deliveries, nextDeliveryAt);
    if (after) return { outcome: 'corrected', request: after };
    before = (await returns.find(before.rmaId)) ?? before;
  }
  return { outcome: 'repeated', request: before };
}

function correctedLine(line: ReturnLine, wished: ReturnLine[]): ReturnLine {
  const wish = wished.find(({ lineId }) => lineId === line.lineId);
  const { size = line.size, notes = line.notes } = wish ?? {};
  if (size === line.size && notes === line.notes) return line;
  return { ...line, size, notes };
}
