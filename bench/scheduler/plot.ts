import { laneTitles, type LaneName } from './lanes.ts'
import type { Run } from './stage.ts'
import { storiesOf, waitsOf } from './waits.ts'

const colours: Readonly<Record<LaneName, string>> = {
  ours: '#0b6e4f',
  'ours told': '#3f8efc',
  'ours found': '#62b58f',
  haproxy: '#c0392b',
  fifo: '#8e44ad',
  pass: '#b8860b',
  alone: '#555555',
}

type Panel = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

const left: Panel = { x: 70, y: 60, width: 430, height: 330 }
const right: Panel = { x: 590, y: 60, width: 430, height: 330 }
const decades = [10, 100, 1000, 10_000, 100_000]

/**
 * Of one run, for tipped callers: which share of them had a first token after how long, and how long the slowest of each few
 * seconds waited in the course of the run. Both waits are on a logarithmic scale.
 */
export function drawRun({ scenario, shown }: Run): string {
  const span = { fromSecond: 0, toSecond: scenario.seconds }
  const lines = shown.map((each, at) => {
    const stories = storiesOf(each).filter(({ call }) => call.class === 'tipped')
    const waits = waitsOf(stories, 'tipped', { ...span, fromSecond: scenario.warmSeconds })
    const sorted = waits.toSorted((one, other) => one - other)
    const shares = sorted.map((ms, rank) => [along(left, ms), up(left, (rank + 1) / sorted.length)] as const)
    const slowest = slowestByTime(stories, span.toSecond).map(
      ([second, ms]) => [right.x + (second / span.toSecond) * right.width, up(right, logOf(ms))] as const,
    )
    const colour = colours[each.lane]
    const label = `<text x="${70 + at * 155}" y="450" fill="${colour}">${laneTitles[each.lane]}</text>`
    return curve(shares, colour) + curve(slowest, colour) + label
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1060 470" font-family="sans-serif" font-size="12">
<rect width="1060" height="470" fill="white"/>
<text x="70" y="30" font-size="16">${scenario.name}: ${scenario.about}</text>
<text x="${left.x}" y="50">share of tipped callers, by wait for the first token</text>
<text x="${right.x}" y="50">slowest tipped caller, by second of the run</text>
${frame(left)}${frame(right)}${[0.5, 0.95].map(shareLine).join('')}${decades.map(gridOf).join('')}
${lines.join('\n')}
</svg>
`
}

const slowestSeconds = 5

function slowestByTime(stories: ReturnType<typeof storiesOf>, toSecond: number): readonly [number, number][] {
  return Array.from({ length: Math.floor(toSecond / slowestSeconds) }, (_, at) => {
    const from = at * slowestSeconds
    const within = stories.filter(({ call }) => call.atMs >= from * 1000 && call.atMs < (from + slowestSeconds) * 1000)
    const waits = waitsOf(within, 'tipped', { fromSecond: 0, toSecond })
    return [from + slowestSeconds / 2, Math.max(...waits)] as [number, number]
  }).filter(([, ms]) => Number.isFinite(ms))
}

/** From 0 at ten milliseconds to 1 at a hundred seconds and more. */
const logOf = (ms: number) => Math.min(1, Math.max(0, Math.log10(Math.max(ms, 10) / 10) / 4))
const along = ({ x, width }: Panel, ms: number) => x + logOf(ms) * width
const up = ({ y, height }: Panel, share: number) => y + (1 - share) * height

function curve(points: readonly (readonly [number, number])[], colour: string): string {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`
}

const frame = ({ x, y, width, height }: Panel) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="#999"/>`

function shareLine(share: number): string {
  const y = up(left, share).toFixed(1)
  return `<path d="M${left.x} ${y}h${left.width}" stroke="#ddd"/>
<text x="${left.x - 8}" y="${y}" text-anchor="end">${share * 100} %</text>`
}

function gridOf(ms: number): string {
  const [x, y] = [along(left, ms).toFixed(1), up(right, logOf(ms)).toFixed(1)]
  const name = ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
  const [top, bottom] = [left.y, left.y + left.height]
  return `<path d="M${x} ${top}V${bottom}M${right.x} ${y}h${right.width}" stroke="#ddd"/>
<text x="${x}" y="${bottom + 18}" text-anchor="middle">${name}</text>
<text x="${right.x - 8}" y="${y}" text-anchor="end">${name}</text>`
}
