import type { Uuid } from '#kernel'
import type { Database, Log } from '#platform'
import type { TurnEvent } from './contract.ts'
import { replay } from './events.ts'
import { readCalls, readLog, readStandings, type LogRow, type Standing } from './store/log.ts'

type Numbered = { readonly seq: number; readonly event: TurnEvent }
type Reading = { readonly afterSeq: number; readonly signal: AbortSignal }

export type Follower = {
  /** The turn from the table, as it grows; ends after `settled`, or some time after the end if that does not come. */
  follow(turn: Uuid, reading: Reading): AsyncGenerator<Numbered, void>
  /** Something may be new about these turns; about all, if none are named. */
  wake(turns?: readonly string[]): void
}

/** One reader of one turn: where it stands, and what has been read for it and not been taken yet. */
type Watch = {
  readonly turn: Uuid
  after: number
  rows: readonly LogRow[]
  /** The log may go on behind the rows. */
  cut: boolean
  /** Undefined until read; null where there is no such turn. */
  standing: Standing | null | undefined
  stale: boolean
  changed: () => void
}

function watchOf(turn: Uuid, after: number): Watch {
  return { turn, after, rows: [], cut: false, standing: undefined, stale: true, changed: () => undefined }
}

/** What NOTIFY misses is found so late at most. */
const pollMs = 1_000
/** How long after its end a reader is kept for `settled`. */
const settleMsMax = 15_000
/** So many pieces of a log may wait for a slow reader; then it is not read further until they are taken. */
const rowsMax = 100

/** Reads for all readers of this process together: a wake is two queries, however many they are. */
export function createFollower(options: { readonly db: Database; readonly log: Log; orphaned(): void }): Follower {
  const { db, log } = options
  const watches = new Set<Watch>()
  let reading: Promise<void> | undefined
  let polling: NodeJS.Timeout | undefined

  function schedule(): void {
    reading ??= readFor(db, watches)
      .then((orphans) => void (orphans && options.orphaned()))
      .catch((err: unknown) => log.warn({ err }, 'the log of turns could not be read; it is tried again'))
      .finally(() => {
        reading = undefined
        if ([...watches].some(isHungry)) setImmediate(schedule)
      })
  }

  function wake(turns?: readonly string[]): void {
    const named = turns && new Set(turns)
    for (const watch of watches) if (!named || named.has(watch.turn)) watch.stale = true
    if (watches.size > 0) schedule()
  }

  async function* follow(turn: Uuid, { afterSeq, signal }: Reading): AsyncGenerator<Numbered, void> {
    const watch = watchOf(turn, afterSeq)
    const leave = () => watch.changed()
    signal.addEventListener('abort', leave, { once: true })
    watches.add(watch)
    polling ??= setInterval(() => wake(), pollMs).unref()
    try {
      let endedAt: number | undefined
      while (!signal.aborted) {
        const changed = Promise.withResolvers<void>()
        watch.changed = changed.resolve
        schedule()
        await changed.promise
        const { standing } = watch
        if (standing === null) return
        if (isTorn(watch)) {
          watch.rows = []
          watch.stale = true
          continue
        }
        yield* isDeleted(watch) ? whole(watch) : take(watch)
        if (!standing?.ending) continue
        watch.stale ||= watch.after < (standing.lastSeq ?? 0)
        if (watch.stale) continue
        if (watch.after > (standing.lastSeq ?? 0)) return
        if (standing.charged !== null)
          return yield { seq: watch.after + 1, event: { type: 'settled', charged: standing.charged } }
        endedAt ??= performance.now()
        if (performance.now() - endedAt > settleMsMax) return
      }
    } finally {
      signal.removeEventListener('abort', leave)
      watches.delete(watch)
      if (watches.size === 0) {
        clearInterval(polling)
        polling = undefined
      }
    }
  }

  /** The final texts instead of the pieces. */
  async function* whole(watch: Watch): AsyncGenerator<Numbered> {
    const { ending, lastSeq } = watch.standing ?? {}
    const seq = lastSeq ?? 0
    const events: TurnEvent[] = [...replay(await readCalls(db, watch.turn))]
    if (ending) events.push({ type: 'ended', ending })
    // A reader who is cut off in the middle comes back for all of it: only the last stands for the whole.
    for (const [at, event] of events.entries()) yield { seq: at === events.length - 1 ? seq : watch.after, event }
    watch.after = seq
    watch.rows = []
  }

  return { follow, wake }
}

/** The reader is not at the turn's end, and something on the way there is in the log no more, or never came into it. */
function isDeleted({ standing, rows, after, cut }: Watch): boolean {
  const lastSeq = standing?.lastSeq ?? 0
  const { next, gap } = joinRows(rows, after)
  return lastSeq > after && (gap || (!cut && next <= lastSeq))
}

/** Its end was written between the two queries: what comes next is told anew, once that is seen. */
function isTorn({ standing, rows, after }: Watch): boolean {
  return !standing?.lastSeq && joinRows(rows, after).gap
}

/** How far rows bring a reader without a gap, and whether there is one. */
function joinRows(rows: readonly LogRow[], after: number): { readonly next: number; readonly gap: boolean } {
  let next = after + 1
  for (const row of rows) {
    if (row.firstSeq > next) return { next, gap: true }
    next = Math.max(next, endOf(row))
  }
  return { next, gap: false }
}

/** The seq that follows a row. */
const endOf = ({ firstSeq, events }: LogRow): number => firstSeq + events.length

/** Hands out what was read, from where the reader stands. Until it is taken nothing more is read for this reader. */
function* take(watch: Watch): Generator<Numbered> {
  const { rows } = watch
  for (const { firstSeq, events } of rows) {
    for (const [at, event] of events.entries()) {
      if (firstSeq + at <= watch.after) continue
      watch.after = firstSeq + at
      yield { seq: watch.after, event }
    }
  }
  watch.rows = []
  watch.stale ||= watch.cut
}

const isHungry = ({ stale, rows }: Watch): boolean => stale && rows.length === 0

/** Two queries for all who want something. Answers whether one of the turns has nobody to run it. */
async function readFor(db: Database, watches: ReadonlySet<Watch>): Promise<boolean> {
  const hungry = [...watches].filter(isHungry)
  if (hungry.length === 0) return false
  for (const watch of hungry) watch.stale = false
  const wanted = new Map<Uuid, number>()
  for (const { turn, after } of hungry) wanted.set(turn, Math.min(after, wanted.get(turn) ?? after))
  // In this order: a turn that is seen as ended has all of its log among the rows that are read then.
  const standings = new Map((await readStandings(db, [...wanted.keys()])).map((each) => [each.turn, each]))
  const asked = [...wanted].map(([turn, after]) => ({ turn, after }))
  const rows = Map.groupBy(await readLog(db, asked, rowsMax), ({ turn }) => turn)
  for (const watch of hungry) {
    // They were read for the reader who is furthest behind.
    const read = rows.get(watch.turn) ?? []
    watch.rows = read.filter((row) => endOf(row) > watch.after + 1)
    watch.cut = read.length === rowsMax
    watch.standing = standings.get(watch.turn) ?? null
    watch.changed()
  }
  return [...standings.values()].some(({ orphaned }) => orphaned)
}
