import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Database } from './db.ts'
import { codeOf, OperatorFault } from './fault.ts'

/** A key for one purpose, 32 bytes, always the same for the same install; what is known of one says nothing of another. */
export type Secret = { keyFor(purpose: string): Buffer }

const bytes = 32
const charactersMin = 32

/**
 * The secret of this install: the one given (any text of at least 32 signs), else the one kept in `file`, made at the first
 * start. All servers of an install need the same: one that has another is refused by OperatorFault, as is a file cut short.
 */
export async function openSecret(options: {
  readonly db: Database
  readonly given: string | undefined
  readonly file: string
}): Promise<Secret> {
  const text = options.given ?? (await readKept(options.file))
  const keyFor = (purpose: string) => Buffer.from(hkdfSync('sha256', text, 'bottega', purpose, bytes))
  const fingerprint = createHmac('sha256', keyFor('fingerprint')).update('bottega').digest()
  await options.db.pool.query('insert into platform.secret (fingerprint) values ($1) on conflict do nothing', [
    fingerprint,
  ])
  const { rows } = await options.db.pool.query<{ fingerprint: Buffer }>('select fingerprint from platform.secret')
  if (!rows[0]?.fingerprint.equals(fingerprint)) {
    throw new OperatorFault(
      'This server has another secret than the one its database was first opened with.',
      options.given === undefined
        ? `Set SECRET to the one that was used before, or put the file of that time back at ${options.file}.`
        : 'Set SECRET to the one that was used before. Without it, saved provider keys and sign-ins cannot be read.',
    )
  }
  return { keyFor }
}

async function readKept(file: string): Promise<string> {
  const text = await readOrMake(file)
  if (text.trim().length >= charactersMin) return text
  throw new OperatorFault(
    `The secret in ${file} is cut short: it has fewer than ${charactersMin} signs.`,
    'Put the file back from a backup. If this install was never opened before, delete it and start again.',
  )
}

async function readOrMake(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (fault) {
    if (codeOf(fault) !== 'ENOENT') throw fault
  }
  await mkdir(dirname(file), { recursive: true })
  // Written whole under a name of its own, then linked: of two servers that start at once neither reads half of it.
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, randomBytes(bytes).toString('base64url'), { mode: 0o600, flush: true })
  try {
    await link(draft, file)
  } catch (fault) {
    if (codeOf(fault) !== 'EEXIST') throw fault
  } finally {
    await unlink(draft)
  }
  await keepEntries(dirname(file))
  return readFile(file, 'utf8')
}

/** A file is on the disk when its entry in the folder is, too: a secret lost with the power leaves a database that nobody can open. */
async function keepEntries(folder: string): Promise<void> {
  await using entries = await open(folder, 'r')
  await entries.sync()
}
