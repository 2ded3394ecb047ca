import { createHash, randomBytes } from 'node:crypto'

/** A UUID in its canonical lower-case text form. */
export type Uuid = string & { readonly __uuid: true }

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export function isUuid(text: string): text is Uuid {
  return uuidPattern.test(text)
}

const poolBytes = 8192
let pool = Buffer.alloc(0)
let poolAt = 0

/** Ten random bytes as hex, drawn from a pool: one call to the system for some eight hundred identifiers. */
function randomHex(): string {
  if (poolAt + 10 > pool.length) {
    pool = randomBytes(poolBytes)
    poolAt = 0
  }
  poolAt += 10
  return pool.toString('hex', poolAt - 10, poolAt)
}

/** RFC 9562 version 7: the first 48 bits are the millisecond, so keys made together lie together on disk. */
export function uuidv7(at: Date = new Date()): Uuid {
  return assemble(at, '7', randomHex())
}

/**
 * RFC 9562 version 8: the key of an event that names itself, such as the daily grant of one user on one day.
 * The same name and instant always give the same key, so whatever is posted under it happens once. `at` must
 * come from the event (the start of the day, the time on the invoice), never from the clock.
 */
export function derivedId(at: Date, ...name: readonly [string, ...string[]]): Uuid {
  const digest = createHash('sha256').update(JSON.stringify(name)).digest('hex')
  return assemble(at, '8', digest.slice(0, 20))
}

function assemble(at: Date, version: '7' | '8', hex20: string): Uuid {
  const ms = at.getTime().toString(16).padStart(12, '0')
  const variant = '89ab'.charAt(Number.parseInt(hex20.charAt(3), 16) & 3)
  const id = `${ms.slice(0, 8)}-${ms.slice(8)}-${version}${hex20.slice(0, 3)}-${variant}${hex20.slice(4, 7)}-${hex20.slice(7, 19)}`
  return id as Uuid
}
