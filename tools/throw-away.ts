import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from './postgres.ts'

/**
 * The server of TEST_DATABASE_URL, else one of our own that is thrown away. It does not wait for the disk: what a crash
 * would lose is thrown away in any case.
 */
export async function throwAwayDatabase(): Promise<AsyncDisposable & { url: string }> {
  const given = process.env['TEST_DATABASE_URL']
  if (given) return { url: given, [Symbol.asyncDispose]: async () => {} }
  const dataFolder = mkdtempSync(join(tmpdir(), 'bottega-test-'))
  // Root's PostgreSQL may run as another user, who must get in.
  chmodSync(dataFolder, 0o711)
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' }
  const remove = (): void => rmSync(dataFolder, { recursive: true, force: true })
  try {
    const postgres = await startPostgres({ dataFolder, settings })
    const stop = async (): Promise<void> => {
      await postgres.stop()
      remove()
    }
    return { url: postgres.url, [Symbol.asyncDispose]: stop }
  } catch (error) {
    remove()
    throw error
  }
}
