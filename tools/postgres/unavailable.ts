/** No PostgreSQL can be had. The message says what happened and what to do; show it alone, without the stack. */
export class PostgresUnavailable extends Error {
  override name = 'PostgresUnavailable'
}

const causes: Record<string, string> = {
  EACCES: 'it may not be read or written by this user: start as the user who owns it',
  EPERM: 'this user may not change it: start as the user who owns it',
  EROFS: 'it lies on a read-only file system: choose another data folder',
  ENOSPC: 'the disk is full: free some space and start again',
  EDQUOT: 'the disk quota is used up: free some space and start again',
  ENOTDIR: 'a part of the path is a file, not a folder: choose another data folder',
}

/** Runs the work and turns what the file system refuses into words; anything else is a bug and passes through. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('path' in error)) throw error
    const cause = causes[String(error.code)]
    if (!cause) throw error
    throw new PostgresUnavailable(`${String(error.path)}: ${cause}.`, { cause: error })
  }
}
