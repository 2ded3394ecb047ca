import type { Entry, Ledger } from '#ledger'
import { isUuid } from '#kernel'
import type { HistoryLine } from './contract.ts'
import type { BotNames } from './ports.ts'

/** Entries of one account that one journal can have: a hold over more lots than this would be counted as two lines. */
const entriesPerJournalMax = 50

/** A line as the ledger tells it; it knows bots by their handles. */
type BareLine = Omit<HistoryLine, 'bots'> & { readonly handles: readonly string[] }

/**
 * The history of points, newest first: one line for each journal, though it may have taken from several lots. A page ends
 * with a whole journal.
 */
export async function readHistory(
  ledger: Ledger,
  account: Parameters<Ledger['statement']>[0],
  page: { readonly before?: bigint | undefined; readonly limit: number },
): Promise<{ lines: BareLine[]; more: boolean }> {
  const lines: BareLine[] = []
  let before = page.before
  for (;;) {
    const limit = page.limit + entriesPerJournalMax
    const entries = await ledger.statement(account, { limit, ...(before === undefined ? {} : { before }) })
    const isLast = entries.length < limit
    const groups = journalsOf(entries)
    // The oldest journal of a full page may go on beyond it.
    const whole = isLast || groups.length === 1 ? groups : groups.slice(0, -1)
    for (const group of whole) {
      if (lines.length === page.limit) return { lines, more: true }
      lines.push(lineOf(group))
    }
    if (isLast) return { lines, more: false }
    before = lines.at(-1)?.at
  }
}

/** Names the bots as they are called today. */
export async function nameBots(botNames: BotNames, lines: readonly BareLine[]): Promise<HistoryLine[]> {
  const named = await botNames([...new Set(lines.flatMap(({ handles }) => handles))])
  return lines.map(({ handles, ...line }) => ({
    ...line,
    bots: handles.map((handle) => ({ handle, name: named.get(handle)?.name ?? null })),
  }))
}

type Group = readonly [Entry, ...Entry[]]

/** Neighbours of one journal. Newest first, so the first of a group bears the balance after it, the last its place. */
function journalsOf(entries: readonly Entry[]): Group[] {
  const groups: [Entry, ...Entry[]][] = []
  for (const entry of entries) {
    const group = groups.at(-1)
    if (group?.[0].journal === entry.journal) group.push(entry)
    else groups.push([entry])
  }
  return groups
}

function lineOf(group: Group): BareLine {
  const [newest] = group
  const turn = newest.facts?.['turn']
  const handles = newest.facts?.['handles']
  return {
    at: group.at(-1)?.pos ?? newest.pos,
    journal: newest.journal,
    template: newest.template,
    points: group.reduce((sum, { amount }) => sum + amount, 0n),
    balance: newest.balance,
    postedAt: newest.postedAt.toISOString(),
    turn: typeof turn === 'string' && isUuid(turn) ? turn : null,
    handles: Array.isArray(handles) ? handles.filter((handle): handle is string => typeof handle === 'string') : [],
  }
}
