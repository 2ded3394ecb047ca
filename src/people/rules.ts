import { createHash } from 'node:crypto'
import { refuse, type Refusal, type Uuid } from '#kernel'

export type Role = 'member' | 'operator'

/** Who asks. */
export type Viewer = { readonly id: Uuid; readonly name: string; readonly role: Role }

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

export const sessionMs = 30 * dayMs
export const claimLinkMs = 7 * dayMs
export const resetLinkMs = dayMs

/** What the names of nobody in particular are: a closed account keeps its place in what others wrote. */
export const closedName = 'Closed account'

/** How often one thing may be tried in a stretch of time. */
export type Limit = { readonly bucket: string; readonly max: number; readonly windowMs: number }

export function signInLimits(attempt: { readonly email: string; readonly address: string }): readonly Limit[] {
  const [email, place] = [digest(attempt.email), placeOf(attempt.address)]
  return [
    { bucket: `sign-in ${email} ${place}`, max: 5, windowMs: 10 * minuteMs },
    { bucket: `sign-in ${place}`, max: 30, windowMs: 10 * minuteMs },
    { bucket: `sign-in ${email}`, max: 50, windowMs: 60 * minuteMs },
  ]
}

export function signUpLimits(address: string): readonly Limit[] {
  return [{ bucket: `sign-up ${placeOf(address)}`, max: 20, windowMs: 60 * minuteMs }]
}

/** Of what a signed-in person proves with their password: whoever found their screen unlocked should not guess on. */
export function passwordLimits(user: Uuid): readonly Limit[] {
  return [{ bucket: `password ${user}`, max: 5, windowMs: 10 * minuteMs }]
}

export function exportLimits(user: Uuid): readonly Limit[] {
  return [{ bucket: `export ${user}`, max: 5, windowMs: 10 * minuteMs }]
}

/** What a bucket counts, until when. */
export type Tried = { readonly bucket: string; readonly count: number; readonly endsAt: Date }

/** The refusal that these attempts, the present one counted, deserve at `now`; undefined while none is over its limit. */
export function judgeAttempts(
  limits: readonly Limit[],
  tried: readonly Tried[],
  now: Date,
): Refusal<'too_many'> | undefined {
  const waits = limits.map(({ bucket, max }) => {
    const found = tried.find((each) => each.bucket === bucket)
    return found && found.count > max ? found.endsAt.getTime() - now.getTime() : 0
  })
  const waitMs = Math.max(0, ...waits)
  if (waitMs === 0) return undefined
  const minutes = Math.ceil(waitMs / minuteMs)
  return refuse(
    'too_many',
    `That was tried too often. Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`,
  )
}

/** Hashed, since attempts are kept for whoever never had an account too. */
function digest(email: string): string {
  return createHash('sha256').update(email).digest('base64url').slice(0, 22)
}

/** One place to count at: an IPv4 address, or the /64 of an IPv6 one, of which a single line has 2^64. */
export function placeOf(address: string): string {
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(address)
  if (mapped?.[1]) return mapped[1]
  if (!address.includes(':')) return address
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** An install without an operator could never have one again. */
export function isLastOperator(user: Uuid, operators: readonly Uuid[]): boolean {
  return operators.length === 1 && operators[0] === user
}
