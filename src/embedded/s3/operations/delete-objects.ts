import { readText } from '../body.js';
import { type Call, sendXml } from '../call.js';
import { S3Error } from '../errors.js';
import { checkKey } from '../request.js';
import type { Operation } from '../router.js';
import { allowChildren, childrenOf, element, parseXml, requireText, textOf, xmlDocument } from '../xml.js';

const MAX_KEYS = 1000;

export const deleteObjectsOperations: readonly Operation[] = [
  {
    name: 'DeleteObjects',
    level: 'bucket',
    method: 'POST',
    selector: 'delete',
    needsDigest: true,
    run: removeAll,
  },
];

async function removeAll(call: Call): Promise<void> {
  const { store, request } = call;
  const { keys, isQuiet } = readKeys(await readText(call));
  const bucket = store.bucket(request.bucket);
  for (const key of keys) store.deleteObject(bucket, key);
  const deleted = isQuiet ? [] : keys.map((key) => element('Deleted', element('Key', key)));
  sendXml(call, xmlDocument('DeleteResult', ...deleted));
}

function readKeys(xml: string): { keys: string[]; isQuiet: boolean } {
  const root = parseXml(xml);
  const objects = childrenOf(root, 'Object');
  if (root.name !== 'Delete' || objects.length === 0 || objects.length > MAX_KEYS)
    throw new S3Error('MalformedXML');
  allowChildren(root, 'Object', 'Quiet');
  const keys = objects.map((object) => {
    allowChildren(object, 'Key');
    const key = requireText(object, 'Key');
    checkKey(key);
    return key;
  });
  return { keys, isQuiet: textOf(root, 'Quiet') === 'true' };
}
