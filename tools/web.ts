import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const root = resolve(import.meta.dirname, '..')
const stampFile = '.stamp'

/** What the screens are made of; contracts may be imported from anywhere below a room. */
const sources = [
  'src/ui/**/*',
  'src/app/browser/**/*',
  'src/**/web/**/*',
  'src/**/contract.ts',
  'src/kernel/*.ts',
  'vite.config.ts',
  'lingui.config.ts',
  'package-lock.json',
]

/** The build's folder, relative to the root. */
export const screensFolder = 'dist'

export class ScreensUnbuilt extends Error {
  override readonly name = 'ScreensUnbuilt'
}

/** Builds the screens if what they are made of has changed since the last build. Throws ScreensUnbuilt with Vite's words. */
export async function buildScreens(
  options: { readonly say?: (line: string) => void } = {},
): Promise<'built' | 'fresh'> {
  const folder = join(root, screensFolder)
  const stamp = stampOfSources()
  if (readStamp(folder) === stamp) return 'fresh'
  options.say?.('Building the screens (only after a change)…')
  // Beside the old build and then in its place: who is being served sees the one or the other.
  const building = join(root, 'node_modules', `.screens-${process.pid}-${randomBytes(3).toString('hex')}`)
  const old = `${building}.old`
  try {
    await runVite(building)
    carryOver(folder, building)
    writeFileSync(join(building, stampFile), stamp)
    rename(folder, old)
    rename(building, folder)
  } finally {
    for (const left of [building, old]) rmSync(left, { recursive: true, force: true })
  }
  return 'built'
}

/** Tabs that were open before the change still ask for the files of the build they came from; those of one build are kept. */
function carryOver(from: string, to: string): void {
  const manifest = readFile(join(from, '.vite/manifest.json'))
  if (!manifest) return
  const chunks = Object.values(JSON.parse(manifest.toString()) as Record<string, Chunk>)
  for (const file of chunks.flatMap(({ file: code, css = [], assets = [] }) => [code, ...css, ...assets]))
    if (existsSync(join(from, file)) && !existsSync(join(to, file))) copyFileSync(join(from, file), join(to, file))
}

/** Where there is none yet, or another process was faster, there is nothing to do. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw fault
  }
}

function stampOfSources(): string {
  const hash = createHash('sha256')
  const paths = globSync(sources, { cwd: root, exclude: (path) => /\.test\.tsx?$/.test(path) })
  for (const path of [...new Set(paths)].toSorted()) {
    const content = readFile(join(root, path))
    if (content) hash.update(path).update('\0').update(content).update('\0')
  }
  return hash.digest('hex')
}

function readStamp(folder: string): string | undefined {
  return readFile(join(folder, stampFile))?.toString()
}

function readFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function runVite(outDir: string): Promise<void> {
  const program = join(root, 'node_modules/vite/bin/vite.js')
  const child = spawn(process.execPath, [program, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, LINGUI_SUPPRESS_BABEL_WARNING: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (words += String(part)))
  return new Promise((done, fail) => {
    child.once('error', (error) => fail(new ScreensUnbuilt(error.message)))
    child.once('close', (code) =>
      code === 0 ? done() : fail(new ScreensUnbuilt(`The screens do not build.\n${words.trim()}`)),
    )
  })
}

type Chunk = {
  readonly file: string
  readonly css?: readonly string[]
  readonly assets?: readonly string[]
  readonly imports?: readonly string[]
  readonly isEntry?: boolean
}

/** Gzipped bytes of the code that every page loads before it draws anything. */
export function entryBytes(): number {
  const folder = join(root, screensFolder)
  const chunks: Record<string, Chunk> = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8'))
  const wanted = new Set<string>()
  const want = (name: string) => {
    if (wanted.has(name)) return
    wanted.add(name)
    for (const imported of chunks[name]?.imports ?? []) want(imported)
  }
  for (const [name, { isEntry }] of Object.entries(chunks)) if (isEntry) want(name)
  const files = [...wanted].flatMap((name) => chunks[name]?.file ?? [])
  return files.reduce((sum, file) => sum + gzipBytes(join(folder, file)), 0)
}

export function gzipBytes(path: string): number {
  return gzipSync(readFileSync(path), { level: 9 }).length
}
