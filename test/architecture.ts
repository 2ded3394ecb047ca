import { posix } from 'node:path'
import { lineAt, scan } from './source.ts'

type Room = { readonly level: number; readonly also?: readonly string[] }

/** The stack of ARCHITECTURE.md as data. A new arrow between equals is written into `also`, in the commit that needs it. */
export const rooms: Readonly<Record<string, Room>> = {
  kernel: { level: 0 },
  platform: { level: 1 },
  ledger: { level: 2 },
  people: { level: 3 },
  wallet: { level: 3, also: ['people'] },
  earnings: { level: 3, also: ['people'] },
  entitlements: { level: 3 },
  bots: { level: 3, also: ['people'] },
  models: { level: 3, also: ['people', 'scheduler'] },
  scheduler: { level: 3 },
  media: { level: 3 },
  turns: { level: 4 },
  chat: { level: 5 },
  'revenue/messages': { level: 6 },
  'revenue/subscriptions': { level: 6 },
  'revenue/gifts': { level: 6 },
  'revenue/shop': { level: 6 },
  'revenue/ads': { level: 6 },
  'revenue/feed': { level: 6 },
  'revenue/api': { level: 6 },
  payouts: { level: 7 },
  insights: { level: 7 },
  trust: { level: 7 },
  'surfaces/*': { level: 7 },
  'adapters/*': { level: 8 },
  app: { level: 9 },
}

/** The React kit: outside the stack, used by screens alone. */
const kit = 'ui'

/** The composition of the process, and what it alone may reach outside src. */
const mainFiles = ['src/main.ts', 'src/main.test.ts']
const mainMayImport = ['tools/postgres.ts', 'tools/web.ts']

/** What a test beside the code may reach outside its room: the test world and the market, never another test; and adapters. */
const testsMayImport = (target: string) => /^test\/.+(?<!\.test)\.ts$/.test(target)

const environmentReader = 'src/app/config.ts'

type Door = 'server' | 'contract' | 'web'
type Import = { readonly specifier: string; readonly line: number; readonly kind: 'value' | 'type' }
type Place = { readonly path: string; readonly room: string; readonly screen: boolean; readonly test: boolean }

/** Every breach in a tree of sources (path from the root → text), as `path:line what`. Pure: planted faults test it. */
export function findBreaches(files: ReadonlyMap<string, string>): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const breaches = mainFiles.includes(path)
      ? checkFile({ path, room: 'main', screen: false, test: false }, text)
      : checkInRoom(path, text)
    return breaches.map((breach) => `${path}:${breach}`)
  })
}

function checkInRoom(path: string, text: string): readonly string[] {
  const room = roomOf(path)
  if (room === undefined) return ['1 is in no room of the table']
  const inside = path.slice(`src/${room}/`.length)
  const screen = inside.startsWith('web/') || path.startsWith('src/app/browser/') || room === kit
  const nested = /^(?!web\/index\.tsx$).+\/index\.tsx?$/.test(inside)
    ? ['1 is an index inside a room, which would be a door']
    : []
  return [...nested, ...checkFile({ path, room, screen, test: /\.test\.tsx?$/.test(path) }, text)]
}

/** `src/revenue/shop/rules.ts` lies in `revenue/shop`. */
function roomOf(path: string): string | undefined {
  const [, first = '', second = ''] = path.split('/')
  return [first, `${first}/${second}`].find((name) => name === kit || levelOf(name) !== undefined)
}

function levelOf(name: string): Room | undefined {
  return rooms[name] ?? (name.endsWith('/*') ? undefined : rooms[name.replace(/\/[^/]+$/, '/*')])
}

function checkFile(place: Place, text: string): readonly string[] {
  const { code, strings } = scan(text)
  const found: string[] = []
  const forbid = (pattern: RegExp, words: string) => {
    for (const match of code.matchAll(pattern)) found.push(`${lineAt(code, match.index)} ${words}`)
  }
  forbid(/\bexport\s*\*/g, 'exports everything')
  if (!place.path.endsWith('.config.ts')) forbid(/\bexport\s+default\b/g, 'has a default export')
  if (place.path !== environmentReader && !/\.test\.tsx?$/.test(place.path)) {
    forbid(
      /\bprocess\s*(?:\?\.)?\s*\.?\s*env\b|\}\s*=\s*process\b/g,
      `reads the environment, which only ${environmentReader} does`,
    )
    for (const match of code.matchAll(/\bprocess\s*(?:\?\.)?\s*\[\s*"(\d+)"/g))
      if (strings[Number(match[1])] === 'env') found.push(`${lineAt(code, match.index)} reads the environment`)
  }
  for (const each of importsOf(code, strings)) {
    const breach = checkImport(place, each)
    if (breach !== undefined) found.push(`${each.line} imports ${each.specifier}: ${breach}`)
  }
  return found
}

function importsOf(code: string, strings: readonly string[]): readonly Import[] {
  const patterns = [
    /\b(?:import|export)\s+(type\s)?[^"'();]*?\bfrom\s*"(\d+)"/g,
    /\bimport\s*()"(\d+)"/g,
    /\b(?:import|require)\s*\(\s*()"(\d+)"/g,
  ]
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      specifier: strings[Number(match[2])] ?? '',
      line: lineAt(code, match.index),
      kind: match[1] ? ('type' as const) : ('value' as const),
    })),
  )
}

function checkImport(place: Place, each: Import): string | undefined {
  if (each.specifier.startsWith('.')) return checkRelative(place, each.specifier)
  if (each.specifier.startsWith('#')) return checkDoor(place, each)
  if (each.specifier === 'process' || each.specifier === 'node:process')
    return 'process is a global; its environment is config’s'
  if (/^(?:\/|file:)/.test(each.specifier)) return 'a path of one machine'
  const ofNode = each.specifier.startsWith('node:')
  const zod = /^zod(?:\/|$)/.test(each.specifier)
  if (place.room === 'kernel' && !place.test && !zod && !ofNode) return 'kernel uses nothing but zod'
  if (isContract(place) && !zod) return 'a contract runs in browsers: zod and other contracts only'
  return undefined
}

const isContract = ({ path, room }: Place) => path === `src/${room}/contract.ts`

function checkRelative({ path, room, test }: Place, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier)
  if (room === 'main')
    return mainMayImport.includes(target) || testsMayImport(target) ? undefined : 'main goes through the doors'
  if (test && testsMayImport(target)) return undefined
  if (!target.startsWith(`src/${room}/`)) return 'climbs out of its room'
  if (target === `src/${room}/index.ts` && !test) return 'a room does not go through its own door'
  if (!/\.(?:tsx?|json|css)$/.test(target)) return 'is written without its ending'
  return undefined
}

function checkDoor(place: Place, { specifier, kind }: Import): string | undefined {
  const named = /^#(.+?)(?:\/(contract|web))?$/.exec(specifier)
  const target = named?.[1] ?? ''
  const door: Door = named?.[2] === 'contract' ? 'contract' : named?.[2] === 'web' ? 'web' : 'server'
  if (target !== kit && (target.endsWith('*') || levelOf(target) === undefined)) return 'is no door'
  if (place.room === 'main') return undefined
  if (place.screen) return checkScreenArrow(place, target, door)
  if (target === place.room && !place.test) return 'a room does not go through its own door'
  if (isContract(place) && door !== 'contract') return 'a contract sees contracts only'
  if (place.test && target.startsWith('adapters/')) return undefined
  return arrowExists(place.room, target, door, kind) ? undefined : `there is no arrow from ${place.room} to ${target}`
}

function checkScreenArrow({ room }: Place, target: string, door: Door): string | undefined {
  if (target === kit) return room === kit ? 'a room does not go through its own door' : undefined
  if (door === 'contract' && (room !== kit || target === 'kernel')) return undefined
  if (room === 'app' && door === 'web') return undefined
  return 'screens see the kit and contracts only'
}

function arrowExists(from: string, to: string, door: Door, kind: Import['kind']): boolean {
  const [user, used] = [levelOf(from), levelOf(to)]
  if (from === to) return true
  if (!user || !used || door === 'web') return false
  if (user.also?.includes(to)) return true
  if (used.level >= user.level) return false
  if (user.level === 7 && used.level === 6) return door === 'contract'
  if (user.level === 8 && used.level >= 2) return kind === 'type' || door === 'contract'
  return true
}
