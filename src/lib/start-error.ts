/** Why a process cannot start, in a sentence for whoever operates it: it is shown without a stack. */
export class StartError extends Error {}

/** What a folder says that cannot be written. */
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC']);

/** Why a process has not started, as it is shown: in a sentence where the reason is a usual one. `port` names the setting of its port. */
export function describeStartFailure(error: unknown, what: string, port = 'PORT'): string {
  if (error instanceof StartError) return error.message;
  const { code = '', syscall, path, ...rest } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${rest.port} is taken: another program, perhaps another copy of this one, listens there. Set ${port} to a free one.`;
  if (code === 'EACCES' && syscall === 'listen')
    return `Port ${rest.port} may not be listened on by this user. Set ${port} to one above 1023.`;
  if (UNWRITABLE.has(code) && path)
    return `${path} cannot be written (${code}). Give this user a folder that can be, or name one by DATA_DIR.`;
  return `${what} could not start: ${error}`;
}
