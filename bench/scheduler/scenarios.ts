import type { Dialect, Settings } from '../../tools/engine-sim/settings.ts'
import { usualMix, type Call, type Mix } from './load.ts'
import type { LaneName } from './lanes.ts'

/** What is done to the engines of every lane while it plays. */
export type Happening = {
  readonly atSecond: number
  readonly engine: number
  readonly what: Partial<Settings> | 'kill'
}

/** One run in real time: a load on some engines, played by several lanes at once. */
export type Scenario = {
  /** The letter that priority.md gives it, and what tells it from others of that letter. */
  readonly name: string
  readonly about: string
  readonly seconds: number
  /** The steady part begins here: what came before is the onset. */
  readonly warmSeconds: number
  readonly engines: readonly number[]
  readonly dialect: Dialect
  /** Offered load over capacity, at this second. */
  readonly k: (second: number) => number
  readonly mix: Mix
  readonly lanes: readonly LaneName[]
  readonly alter?: (call: Call, dice: () => number) => Call
  readonly happens: readonly Happening[]
  /** Seconds that are looked at on their own: after the blow, whatever it was. */
  readonly moment?: { readonly fromSecond: number; readonly toSecond: number }
}

const usual = {
  seconds: 150,
  warmSeconds: 30,
  engines: [64],
  dialect: 'none',
  k: () => 3.4,
  mix: usualMix,
  lanes: ['ours', 'haproxy', 'fifo', 'alone'],
  happens: [],
} as const satisfies Partial<Scenario>

const others: Mix = { tipped: 0, subscriber: 22 / 92, free: 70 / 92 }
const flood = (tipped: number): Mix => ({
  tipped,
  subscriber: others.subscriber * (1 - tipped),
  free: others.free * (1 - tipped),
})

const slowFrom = 60
const slowSeconds = 100
const killedAt = 60
const onsetAt = 20
const stopsAt = 120

const lightUsers = 40
export const lightPrefix = 'light-'
const flooders = 3
/** Of capacity: what the light users ask for together, who ask for what any one flooder would not notice. */
const lightK = 0.5

/** Forty people ask now and then; three programs ask for everything there is, under the same class. */
function floodWithin(call: Call, dice: () => number): Call {
  const isLight = dice() < lightK / usual.k()
  const user = isLight ? `${lightPrefix}${Math.floor(dice() * lightUsers)}` : `flooder-${Math.floor(dice() * flooders)}`
  return { ...call, user }
}

function leaveEarly(call: Call, dice: () => number): Call {
  const draw = dice()
  if (draw < 0.2) return { ...call, leaves: { waitingMs: 200 + dice() * 8000 } }
  if (draw < 0.3) return { ...call, leaves: { afterTokens: 1 + Math.floor(dice() * call.answerTokens) } }
  return call
}

const longPrompt = { share: 0.1, tokens: 16_000 }

function lengthen(call: Call, dice: () => number): Call {
  const isLong = call.class !== 'tipped' && dice() < longPrompt.share
  return isLong ? { ...call, promptTokens: longPrompt.tokens } : call
}

/** So little to read that slots are what is short, however many there are. */
const cutPrompt = (call: Call): Call => ({ ...call, promptTokens: Math.max(16, Math.ceil(call.promptTokens / 8)) })

const everyPeer: readonly LaneName[] = ['ours', 'ours found', 'haproxy', 'fifo', 'pass', 'alone']

/** The scenarios of reference and target, in the order of their letters. */
export const scenarios: readonly Scenario[] = [
  { ...usual, name: 'A k=0.7', about: '64 slots, less than they can do', seconds: 90, k: () => 0.7 },
  { ...usual, name: 'A k=1.7', about: '64 slots, the peak as it was', k: () => 1.7, lanes: everyPeer },
  { ...usual, name: 'A k=3.4', about: '64 slots, the peak twice over', seconds: 240, lanes: everyPeer },
  { ...usual, name: 'A k=7.4', about: '64 slots, the peak four times over', k: () => 7.4, lanes: everyPeer },
  { ...usual, name: 'B 16', about: '16 slots', engines: [16], lanes: everyPeer },
  { ...usual, name: 'B 256', about: '256 slots', engines: [256], lanes: ['ours', 'ours found', 'fifo', 'alone'] },
  {
    ...usual,
    name: 'B 256 short',
    about: '256 slots, prompts cut to an eighth',
    engines: [256],
    lanes: ['ours', 'ours found', 'fifo', 'alone'],
    alter: cutPrompt,
  },
  {
    ...usual,
    name: 'C',
    about: 'four hard slots, which the engine tells',
    engines: [4],
    dialect: 'llama',
    k: () => 2.3,
    lanes: ['ours', 'ours told', 'haproxy', 'fifo', 'alone'],
  },
  { ...usual, name: 'D', about: 'two backends, 64 and 16 slots', engines: [64, 16] },
  {
    ...usual,
    name: 'E',
    about: `everything takes 2.5 times as long for ${slowSeconds} s`,
    seconds: slowFrom + slowSeconds,
    warmSeconds: slowFrom + 10,
    lanes: ['ours', 'ours found', 'haproxy', 'fifo', 'alone'],
    happens: [{ atSecond: slowFrom, engine: 0, what: { slowdown: 2.5 } }],
  },
  {
    ...usual,
    name: 'F',
    about: 'one of two backends is killed in the middle',
    seconds: 110,
    engines: [64, 64],
    happens: [{ atSecond: killedAt, engine: 1, what: 'kill' }],
    moment: { fromSecond: killedAt, toSecond: killedAt + 15 },
  },
  {
    ...usual,
    name: 'G',
    about: 'from nothing to k=3.4 within a second',
    seconds: 60,
    warmSeconds: onsetAt,
    k: (second) => (second < onsetAt ? 0.2 : 3.4),
    moment: { fromSecond: onsetAt, toSecond: onsetAt + 35 },
  },
  { ...usual, name: 'H 60 %', about: 'six of ten have tipped', mix: flood(0.6) },
  { ...usual, name: 'H 90 %', about: 'nine of ten have tipped', seconds: 180, mix: flood(0.9) },
  {
    ...usual,
    name: 'I',
    about: 'three flooders beside forty light users of one class',
    mix: { tipped: 0, subscriber: 0, free: 1 },
    lanes: ['ours', 'haproxy', 'fifo'],
    alter: floodWithin,
  },
  {
    ...usual,
    name: 'J',
    about: 'a fifth leave while they wait, a tenth in the middle of the answer',
    seconds: 150,
    k: (second) => (second < stopsAt ? 3.4 : 0.01),
    alter: leaveEarly,
  },
  { ...usual, name: 'L', about: 'a tenth of the others bring 16,000 tokens', alter: lengthen },
  {
    ...usual,
    name: 'M',
    about: 'k=0.7 with five seconds of k=12 in every thirty',
    k: (second) => (second % 30 < 25 ? 0.7 : 12),
  },
  { ...usual, name: 'N', about: 'off-peak, k=0.5', k: () => 0.5, lanes: ['ours', 'pass'] },
]

/** What a scenario of the reference is left out for. */
export const unplayed = {
  K: 'three gateways with one leader: the leader comes with the scheduler of several processes',
} as const

const quickNames = ['A k=3.4', 'H 90 %', 'J', 'N']
/** Long enough for a minute of unbroken backlog. */
const quickSeconds = 75

/** By letter or by whole name; all of them unless one is named. The quick run plays fewer, and shorter. */
export function chooseScenarios(asked: string | undefined, size: 'quick' | 'full'): readonly Scenario[] {
  const wanted = asked?.toUpperCase()
  const chosen = scenarios.filter(({ name }) =>
    wanted === undefined ? size === 'full' || quickNames.includes(name) : name.toUpperCase().startsWith(wanted),
  )
  return size === 'full' ? chosen : chosen.map(shorten)
}

function shorten(scenario: Scenario): Scenario {
  const factor = Math.min(1, quickSeconds / scenario.seconds)
  const { moment } = scenario
  return {
    ...scenario,
    ...(moment ? { moment: { fromSecond: moment.fromSecond * factor, toSecond: moment.toSecond * factor } } : {}),
    seconds: scenario.seconds * factor,
    warmSeconds: scenario.warmSeconds * factor,
    k: (second) => scenario.k(second / factor),
    happens: scenario.happens.map((each) => ({ ...each, atSecond: each.atSecond * factor })),
  }
}
