/** The smallest PNG: one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export type Part =
  | { name: string; value: string }
  | { name: string; fileName: string; type: string; body: Buffer };

const BOUNDARY = 'form-boundary-7f3a';

/** A multipart form with the parts in the order given, as `inject` takes it. */
export function form(headers: Record<string, string>, parts: Part[]) {
  const body = parts.flatMap((part) => {
    const isFile = 'body' in part;
    const file = isFile ? `; filename="${part.fileName}"\r\nContent-Type: ${part.type}` : '';
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${part.name}"${file}\r\n\r\n`;
    return [Buffer.from(head), isFile ? part.body : Buffer.from(part.value), Buffer.from('\r\n')];
  });
  const payload = Buffer.concat([...body, Buffer.from(`--${BOUNDARY}--\r\n`)]);
  return { headers: { ...headers, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }, payload };
}
