// What drivers ask before and beside the work itself.

import { MAX_DOCUMENT } from '../codec.js';
import { anything, commandOptions, longs, MAX_WRITE_BATCH, required, text } from '../options.js';
import { MAX_MESSAGE } from '../wire.js';
import type { Command, Commands } from './context.js';

const VERSION = [7, 0, 0, 0];
const WIRE_VERSION = 21; // of MongoDB 7.0

// A standalone server, without `topologyVersion` (so that drivers ask again instead of waiting for a change) and
// without `logicalSessionTimeoutMinutes` (so that they offer no sessions, and with them no transactions). What drivers
// tell of themselves here changes nothing, so no option is refused.
const hello: Command = () => ({
  helloOk: true,
  ismaster: true,
  isWritablePrimary: true,
  maxBsonObjectSize: MAX_DOCUMENT,
  maxMessageSizeBytes: MAX_MESSAGE,
  maxWriteBatchSize: MAX_WRITE_BATCH,
  localTime: new Date(),
  minWireVersion: 0,
  maxWireVersion: WIRE_VERSION,
  readOnly: false,
});

const pingOptions = commandOptions('ping', {});
const ping: Command = (body) => {
  pingOptions(body);
  return {};
};

const buildInfoOptions = commandOptions('buildInfo', { buildinfo: anything });
const buildInfo: Command = (body) => {
  buildInfoOptions(body);
  // `modules` of MongoDB names what is built in beyond the usual: by this a command knows that it speaks to a stand-in
  return {
    version: VERSION.slice(0, 3).join('.'),
    versionArray: VERSION,
    modules: ['embedded'],
    maxBsonObjectSize: MAX_DOCUMENT,
  };
};

const endSessionsOptions = commandOptions('endSessions', {});
const endSessions: Command = (body) => {
  endSessionsOptions(body);
  return {};
};

const killCursorsOptions = commandOptions('killCursors', {
  killCursors: required(text),
  cursors: required(longs),
});
const killCursors: Command = (body, { cursors }) => {
  const { cursors: ids } = killCursorsOptions(body);
  const cursorsKilled = ids.filter((id) => cursors.kill(id));
  const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
  return { cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] };
};

export const handshakeCommands: Commands = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping,
  buildInfo,
  buildinfo: buildInfo,
  endSessions,
  killCursors,
};
