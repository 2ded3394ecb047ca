import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { PoolView } from '#scheduler'
import type { GatewayWish } from './gateway.ts'
import { findHaproxy, startHaproxy } from './haproxy.ts'

/** An engine that a lane stands before. */
export type Front = { readonly url: string; readonly slots: number }

/** What stands between the players and the engines. */
export type Lane = AsyncDisposable & {
  readonly url: string
  /** What the decider says of itself; undefined for what is not our gateway. */
  view(): Promise<PoolView | undefined>
}

type Start = (fronts: readonly Front[]) => Promise<Lane>

const ours = (slotsAre: GatewayWish['slotsAre']): Start => gateway('scheduler', ({ slots }) => slots, slotsAre)

/** Everything that is compared, by the name it bears in tables. */
export const lanes = {
  ours: ours('given'),
  'ours told': ours('told'),
  'ours found': ours('found'),
  haproxy: startHaproxyLane,
  fifo: gateway('arrival', ({ slots }) => slots),
  pass: gateway('arrival', () => null),
  // Straight to the engine, and only those who have tipped: the floor that no decider can go below.
  alone: gateway('arrival', () => null),
} as const satisfies Record<string, Start>

export type LaneName = keyof typeof lanes

export const laneTitles: Readonly<Record<LaneName, string>> = {
  ours: 'ours, slots given',
  'ours told': 'ours, engine tells',
  'ours found': 'ours, black box',
  haproxy: 'HAProxy, strict priority',
  fifo: 'first come first served',
  pass: 'pass-through',
  alone: 'tipped alone',
}

/** False where what a lane needs is not installed: then it is not measured. */
export function isThere(name: LaneName): boolean {
  return name !== 'haproxy' || findHaproxy() !== undefined
}

async function startHaproxyLane(fronts: readonly Front[]): Promise<Lane> {
  const found = findHaproxy()
  if (!found) throw new Error('HAProxy is not installed.')
  const running = await startHaproxy(found.program, fronts)
  return { ...running, view: async () => undefined }
}

function gateway(
  decider: GatewayWish['decider'],
  slotsOf: (front: Front) => number | null,
  slotsAre: GatewayWish['slotsAre'] = 'given',
): Start {
  return async (fronts) => {
    const backends = fronts.map((front, at) => ({ id: `engine-${at}`, url: front.url, slots: slotsOf(front) }))
    const wish: GatewayWish = { decider, slotsAre, backends }
    const program = join(import.meta.dirname, 'gateway.ts')
    const child = spawn(process.execPath, [program, JSON.stringify(wish)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    const line = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])
    const url = String(line[0])
    if (!url.startsWith('http://')) throw new Error('A gateway did not start.')
    return {
      url,
      view: async () => ((await (await fetch(`${url}/view`)).json()) as PoolView | null) ?? undefined,
      [Symbol.asyncDispose]: async () => {
        child.kill()
        await ended
      },
    }
  }
}
