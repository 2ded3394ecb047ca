import { isRefusal, type Clock, type Uuid } from '#kernel'
import type { Ledger } from '#ledger'
import type { People } from '#people'
import { handle, type Database, type Log, type RequestContext, type Room } from '#platform'
import { getProof, listLines, setLine, startProof, type LedgerProof, type Line } from './contract.ts'
import type { LineState, Openness } from './openness.ts'
import { createProving, type ProofState } from './proving.ts'

type DeskOptions = {
  readonly db: Database
  readonly clock: Clock
  readonly log: Log
  readonly ledger: Ledger
  readonly people: People
  readonly openness: Openness
}

/** The operator's desk: which lines of revenue are open, and whether the ledger holds. Users and providers are their rooms'. */
export function deskRoom(options: DeskOptions): Room {
  const { people, openness } = options
  const proving = createProving(options)

  async function change({ line, to }: { line: string; to: 'open' | 'closed' }, context: RequestContext) {
    const me = await people.operator(context)
    if (isRefusal(me)) return me
    const changed = await openness.set(line, { to, by: me.id })
    return isRefusal(changed) ? changed : lineView(changed, await people.names(changersOf([changed])))
  }

  async function prove(context: RequestContext) {
    const me = await people.operator(context)
    if (isRefusal(me)) return me
    await proving.start(me.id)
    return proofView(await proving.state())
  }

  return {
    name: 'desk',
    http: [
      handle(listLines, async (_, context) => {
        const me = await people.operator(context)
        if (isRefusal(me)) return me
        const lines = await openness.lines()
        const names = await people.names(changersOf(lines))
        return { lines: lines.map((line) => lineView(line, names)) }
      }),
      handle(setLine, ({ params, body }, context) => change({ line: params.line, to: body.state }, context)),
      handle(getProof, async (_, context) => {
        const me = await people.operator(context)
        return isRefusal(me) ? me : proofView(await proving.state())
      }),
      handle(startProof, (_, context) => prove(context)),
    ],
    stop: (deadlineMs) => proving.stop(deadlineMs),
  }
}

const changersOf = (lines: readonly LineState[]) => lines.flatMap(({ changed }) => (changed ? [changed.by] : []))

function lineView({ name, state, changed }: LineState, names: ReadonlyMap<Uuid, string>): Line {
  return {
    name,
    state,
    ...(changed ? { changed: { at: changed.at.toISOString(), by: names.get(changed.by) ?? '' } } : {}),
  }
}

function proofView({ run, last }: ProofState): LedgerProof {
  const running = run && !run.ended_at
  return {
    ...(running
      ? { running: { since: run.asked_at.toISOString(), claimsDone: run.claims_done, claims: run.claims } }
      : {}),
    ...(run?.ended_at && run.outcome !== 'proved' ? { broke: { at: run.ended_at.toISOString() } } : {}),
    ...(last ? { last: lastView(last) } : {}),
  }
}

function lastView({ at, holds, journals, claims }: NonNullable<ProofState['last']>) {
  const views = claims.map(({ claim, breaches }) => ({ name: claim, breaches: [...breaches] }))
  return { at: at.toISOString(), holds, journals, claims: views }
}
