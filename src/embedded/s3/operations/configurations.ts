import { readText } from '../body.js';
import { type Call, sendEmpty, sendXml } from '../call.js';
import { readCors } from '../cors.js';
import { type S3Code, S3Error } from '../errors.js';
import { readLifecycle } from '../lifecycle.js';
import type { Operation } from '../router.js';
import { allowChildren, childrenOf, parseXml, requireText, type XmlNode } from '../xml.js';

/** A setting of a bucket that is kept as it was sent and given back. */
interface Configuration {
  name: string;
  parameter: string;
  root: string;
  missing: S3Code;
  /** Refuses what would not be obeyed. */
  check(root: XmlNode): void;
}

const CONFIGURATIONS: readonly Configuration[] = [
  {
    name: 'BucketCors',
    parameter: 'cors',
    root: 'CORSConfiguration',
    missing: 'NoSuchCORSConfiguration',
    check: readCors,
  },
  {
    name: 'BucketLifecycleConfiguration',
    parameter: 'lifecycle',
    root: 'LifecycleConfiguration',
    missing: 'NoSuchLifecycleConfiguration',
    check: readLifecycle,
  },
  {
    name: 'BucketEncryption',
    parameter: 'encryption',
    root: 'ServerSideEncryptionConfiguration',
    missing: 'ServerSideEncryptionConfigurationNotFoundError',
    check: checkEncryption,
  },
  {
    name: 'PublicAccessBlock',
    parameter: 'publicAccessBlock',
    root: 'PublicAccessBlockConfiguration',
    missing: 'NoSuchPublicAccessBlockConfiguration',
    check: checkPublicAccess,
  },
];

export const configurationOperations: readonly Operation[] = CONFIGURATIONS.flatMap(
  (configuration): Operation[] => {
    const { name, parameter } = configuration;
    const common = { level: 'bucket', selector: parameter } as const;
    return [
      {
        ...common,
        name: `Put${name}`,
        method: 'PUT',
        needsDigest: true,
        run: (call) => put(call, configuration),
      },
      { ...common, name: `Get${name}`, method: 'GET', run: (call) => get(call, configuration) },
      { ...common, name: `Delete${name}`, method: 'DELETE', run: (call) => remove(call, configuration) },
    ];
  },
);

async function put(call: Call, { parameter, root, check }: Configuration): Promise<void> {
  const xml = await readText(call);
  const bucket = call.store.bucket(call.request.bucket);
  const parsed = parseXml(xml);
  if (parsed.name !== root) throw new S3Error('MalformedXML');
  check(parsed);
  call.store.configure(bucket, parameter, xml);
  sendEmpty(call, 200);
}

function get(call: Call, { parameter, missing }: Configuration): void {
  const xml = call.store.bucket(call.request.bucket).configurations.get(parameter);
  if (xml === undefined) throw new S3Error(missing);
  sendXml(call, xml);
}

function remove(call: Call, { parameter }: Configuration): void {
  call.store.configure(call.store.bucket(call.request.bucket), parameter, null);
  sendEmpty(call, 204);
}

function checkEncryption(root: XmlNode): void {
  const [rule, second] = childrenOf(root, 'Rule');
  const [setting] = rule ? childrenOf(rule, 'ApplyServerSideEncryptionByDefault') : [];
  if (!rule || !setting || second) throw new S3Error('MalformedXML');
  allowChildren(root, 'Rule');
  allowChildren(rule, 'ApplyServerSideEncryptionByDefault', 'BucketKeyEnabled');
  allowChildren(setting, 'SSEAlgorithm');
  const algorithm = requireText(setting, 'SSEAlgorithm');
  if (algorithm !== 'AES256')
    throw new S3Error('NotImplemented', `Encryption by ${algorithm} is not implemented.`);
}

/** Whatever it says is obeyed: nothing is public here in any case. */
function checkPublicAccess(root: XmlNode): void {
  allowChildren(root, 'BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets');
  if (root.children.some((child) => !/^(true|false)$/i.test(child.text.trim())))
    throw new S3Error('MalformedXML');
}
