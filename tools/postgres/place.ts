import { createHash } from 'node:crypto'
import { lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { renameSync, symlinkSync, type Dirent } from 'node:fs'
import { dirname, join } from 'node:path'
import { refuseIfInUse } from './in-use.ts'
import { canReach, type Owner } from './owner.ts'
import { PostgresUnavailable } from './unavailable.ts'

export type Place = {
  /** The data folder of the install, as given. */
  folder: string
  /** Where PostgreSQL's own data really lie. */
  data: string
  /** Outside the data folder, for what another user must reach. */
  home: string
}

type Wish = { dataFolder: string; outside: string; owner: Owner; major: string }

/**
 * Finds where the data lie or shall lie, and makes them the owner's. Whatever stands there is used, moved or refused;
 * it is never passed over for a new empty database.
 */
export async function findPlace({ dataFolder, outside, owner, major }: Wish): Promise<Place> {
  // Entered by others but not listed: PostgreSQL may run as another user, and its password lies here.
  mkdirSync(dataFolder, { recursive: true, mode: 0o711 })
  const folder = realpathSync(dataFolder)
  const home = join(outside, createHash('sha256').update(folder).digest('hex').slice(0, 12))
  const inside = join(folder, 'postgres')
  const far = join(home, 'postgres')
  const found = findData(inside, far)
  if (found) {
    refuseOtherUsers(found, owner)
    refuseOtherContent(found, major)
    await refuseIfInUse(found)
  }
  const near = canReach(owner, folder)
  const movesOut = !near && found === inside
  const data = movesOut ? far : (found ?? (near ? inside : far))
  if (data === far) mkdirSync(home, { recursive: true, mode: 0o711 })
  if (movesOut) moveOut({ inside, far, owner })
  if (!canReach(owner, dirname(data)))
    throw new PostgresUnavailable(`${data} cannot be entered by user ${owner.uid}, as whom PostgreSQL runs: open it.`)
  if (found) giveTo(data, owner)
  return { folder, data, home }
}

/**
 * Leaves a link in the data folder to data that lie outside it. Only when there are some: a start that ends before would leave
 * a link to nothing, as lost data do.
 */
export function linkOutside({ folder, data, home }: Place, say: (line: string) => void): void {
  if (dirname(data) !== home) return
  const inside = join(folder, 'postgres')
  try {
    if (!lstatSync(inside, { throwIfNoEntry: false })) symlinkSync(data, inside)
  } catch (error) {
    // Another process that starts at the same moment makes the same link.
    if (!lstatSync(inside, { throwIfNoEntry: false })) throw error
  }
  say(`PostgreSQL’s data lie in ${data}, outside the data folder, where its user can reach them.`)
}

/** The folder with data in it, if there is one; an empty folder is none. */
function findData(inside: string, far: string): string | undefined {
  const stat = lstatSync(inside, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink()) return followLink(inside)
  const farExists = isFilled(far)
  if (stat && !stat.isDirectory()) throw new PostgresUnavailable(`${inside} is not a folder: move it away.`)
  if (!isFilled(inside)) return farExists ? far : undefined
  if (!farExists) return inside
  throw new PostgresUnavailable(
    `There are data in ${inside} and in ${far}: find out which you want and move the other away.`,
  )
}

function followLink(inside: string): string {
  try {
    return realpathSync(inside)
  } catch (cause) {
    const what = `${inside} points to ${readlinkSync(inside)}, and nothing is there.`
    const remedy = 'Put the data back, or delete the link to begin with an empty database.'
    throw new PostgresUnavailable(`${what} ${remedy}`, { cause })
  }
}

function isFilled(folder: string): boolean {
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false
  const us = process.getuid?.()
  const theirs = us !== 0 && lstatSync(folder).uid !== us
  // Another user's closed folder cannot be looked into; it is taken for full, and refused by name further on.
  return theirs || readdirSync(folder).length > 0
}

function refuseOtherUsers(data: string, owner: Owner): void {
  const { uid } = lstatSync(data)
  if (process.getuid?.() === 0 || uid === owner.uid) return
  throw new PostgresUnavailable(
    `The data in ${data} belong to user ${uid}, and this is user ${owner.uid}. ` +
      `Start as that user, or as root run: chown -R ${owner.uid}:${owner.gid} ${data}`,
  )
}

function refuseOtherContent(data: string, major: string): void {
  const version = readIfThere(join(data, 'PG_VERSION'))?.trim()
  if (version === undefined)
    throw new PostgresUnavailable(`${data} is not empty and holds no PostgreSQL database: move it away.`)
  if (version === major) return
  throw new PostgresUnavailable(
    `${data} is of PostgreSQL ${version}, and this is PostgreSQL ${major}, which cannot read it. ` +
      `Dump it with PostgreSQL ${version} (pg_dumpall), move the folder away, start, and load the dump; ` +
      `or set DATABASE_URL to a server of version ${version} that holds it.`,
  )
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

// Only within one file system, where it is one step. Across two (a volume of a container, say) the new place may well
// be the one that is thrown away tomorrow, so the reader decides.
function moveOut({ inside, far, owner }: { inside: string; far: string; owner: Owner }): void {
  try {
    renameSync(inside, far)
  } catch (cause) {
    throw new PostgresUnavailable(
      `PostgreSQL must run as user ${owner.uid} here, who cannot enter ${dirname(inside)}, ` +
        `and the data cannot be moved to ${far}. Open the folders above it (chmod o+x), or start as another user than root.`,
      { cause },
    )
  }
}

function giveTo(data: string, owner: Owner): void {
  if (process.getuid?.() !== 0 || lstatSync(data).uid === owner.uid) return
  for (const entry of readdirSync(data, { recursive: true, withFileTypes: true }))
    lchownSync(pathOf(entry), owner.uid, owner.gid)
  // Last, so that a change of owner that was cut short is begun again.
  lchownSync(data, owner.uid, owner.gid)
}

function pathOf(entry: Dirent): string {
  return join(entry.parentPath, entry.name)
}
