import type { MongoClient, TopologyDescription } from 'mongodb';

/** While a new primary is elected, calls wait for it; only what lasts longer counts as away. */
const GRACE_MS = 500;
const CAN_WRITE = new Set(['Standalone', 'RSPrimary', 'Mongos', 'LoadBalancer']);

/** Whether the database is away, as the driver sees it while it looks after its servers: no call has to wait to find out. */
export function watchPresence(client: MongoClient, now: () => number, onChange: (isThere: boolean) => void) {
  let wasThere = false;
  let lostAt: number | undefined;
  client.on('topologyDescriptionChanged', ({ newDescription }) => {
    const isThere = canWrite(newDescription);
    lostAt = isThere ? undefined : (lostAt ?? now());
    if (isThere !== wasThere) onChange(isThere);
    wasThere = isThere;
  });
  return { isAway: (): boolean => lostAt !== undefined && now() - lostAt > GRACE_MS };
}

const canWrite = ({ servers }: TopologyDescription): boolean =>
  [...servers.values()].some(({ type }) => CAN_WRITE.has(type));
