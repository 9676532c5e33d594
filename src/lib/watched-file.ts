import { readFile } from 'node:fs/promises';

const POLL_INTERVAL_MS = 1000;

interface WatchedFileOptions<Content> {
  path: string;
  /** Throws for a content that cannot be used. */
  parse: (text: string) => Content;
  onChange: (content: Content) => Promise<void> | void;
  /** Called once for each content that cannot be used, and once while the file cannot be read. */
  onFailure: (error: Error) => void;
}

/**
 * Reads a small file again and again, and tells when it says something new. Reading is surer than being told by the file system: it
 * also notices a mounted secret that is replaced by a link.
 */
export function watchFile<Content>(
  { path, parse, onChange, onFailure }: WatchedFileOptions<Content>,
  seenAtFirst: string,
) {
  let seen = seenAtFirst;
  let looking = Promise.resolve();
  const timer = setInterval(() => void look(), POLL_INTERVAL_MS);
  timer.unref();

  /** Looks now; resolves when what has changed has been taken over. One look after the other. */
  function look(): Promise<void> {
    looking = looking.then(compare);
    return looking;
  }

  async function compare(): Promise<void> {
    const { text, error } = await readFile(path, 'utf8').then(
      (text) => ({ text, error: undefined }),
      (error: Error) => ({ text: `cannot be read: ${error.message}`, error }),
    );
    if (text === seen) return;
    seen = text;
    try {
      if (error) throw error;
      await onChange(parse(text));
    } catch (failure) {
      onFailure(failure as Error);
    }
  }

  return { look, stop: () => clearInterval(timer) };
}
