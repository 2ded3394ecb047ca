// The first file of every command. It runs on Node 20 with nothing installed: it brings the packages, then hands over
// to a Node that runs TypeScript as it stands, and ends with it, whichever of the two is ended first and however.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { constants as system } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bundledNode = join(root, `node_modules/node-linux-${process.arch}/bin/node`)
const parentCheckMs = 500
const repeatMs = 500
const patienceMs = 30_000

/** What the reader can mend: only its message is shown, never a stack. */
class Unusable extends Error {}

let child
const lastPassedOn = new Map()

// A terminal sends Ctrl-C to everybody and npm passes it on once more: of such a pair the child hears one.
function passOn(signal) {
  const now = Date.now()
  if (now - (lastPassedOn.get(signal) ?? 0) < repeatMs) return
  lastPassedOn.set(signal, now)
  child?.kill(signal)
}

/** Starts a process and resolves with its exit code when it has ended. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, { cwd: root, ...options })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + system.signals[signal]))
  })
}

function isAtLeast(version, major, minor) {
  const [itsMajor, itsMinor] = version.split('.').map(Number)
  return itsMajor > major || (itsMajor === major && itsMinor >= minor)
}

const runsTypeScript = isAtLeast(process.versions.node, 24, 12)

function checkMachine() {
  if (!isAtLeast(process.versions.node, 20, 0))
    throw new Unusable(`This needs Node 20 or newer, and this is Node ${process.versions.node}.`)
  if (process.platform === 'win32')
    throw new Unusable('This does not run on Windows itself: use WSL 2, where it runs as on Linux.')
  if (runsTypeScript) return
  if (process.platform !== 'linux')
    throw new Unusable(`On this system Node 24.12 or newer is needed, and this is Node ${process.versions.node}.`)
  if (!['x64', 'arm64'].includes(process.arch))
    throw new Unusable(`No Node 24 can be brought for a ${process.arch} processor: install Node 24.12 or newer.`)
}

// With musl the packaged Node would be installed, stand first on the path of npm's scripts, and not start.
function checkLibc() {
  if (process.platform !== 'linux' || process.report.getReport().header.glibcVersionRuntime) return
  throw new Unusable('This needs a Linux with glibc (Debian, Ubuntu, Fedora …); this one has musl, as Alpine does.')
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch {
    return undefined
  }
}

// npm writes down what it has installed; this says whether that is what the lock asks for on this machine.
function agrees(lock, installed) {
  const fits = (entry) =>
    [entry.os ?? process.platform].flat().includes(process.platform) &&
    [entry.cpu ?? process.arch].flat().includes(process.arch)
  const wanted = Object.entries(lock.packages).filter(([at]) => at !== '')
  return (
    wanted.every(([at, entry]) => entry.optional || entry.devOptional || installed.packages[at]) &&
    Object.entries(installed.packages).every(
      ([at, entry]) => lock.packages[at]?.version === entry.version && fits(entry),
    )
  )
}

function writeStamp(stampFile, stamp) {
  try {
    writeFileSync(stampFile, stamp)
  } catch {
    // A folder that only others may write costs a comparison at each start, nothing else.
  }
}

async function installPackages() {
  const lock = readLock('package-lock.json')
  if (!lock) throw new Unusable('package-lock.json is missing or damaged: take it from the repository again.')
  const stampFile = join(root, 'node_modules/.bottega-installed')
  const stamp = createHash('sha256')
    .update(`${process.platform} ${process.arch} ${JSON.stringify(lock)}`)
    .digest('hex')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  const installed = readLock('node_modules/.package-lock.json')
  if (!installed || !agrees(lock, installed)) await installAnew()
  writeStamp(stampFile, stamp)
}

async function installAnew() {
  checkLibc()
  try {
    accessSync(root, constants.W_OK)
  } catch {
    throw new Unusable(`Packages must be installed, and ${root} cannot be written: start as the user who owns it.`)
  }
  console.log('Installing packages, once …')
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional']
  args.push('--no-audit', '--no-fund', '--loglevel=error')
  const fromNpm = basename(process.env.npm_execpath ?? '') === 'npm-cli.js'
  const [command, first] = fromNpm
    ? [process.env.npm_node_execpath ?? process.execPath, [process.env.npm_execpath]]
    : ['npm', []]
  let words = ''
  const ended = run(command, [...first, ...args], { stdio: ['ignore', 'inherit', 'pipe'] })
  child.stderr.on('data', (part) => {
    process.stderr.write(part)
    words = (words + part).slice(-20_000)
  })
  const code = await ended.catch((error) => {
    throw new Unusable(`npm could not be started (${error.code}): install npm, which comes with Node.`)
  })
  if (lastPassedOn.size > 0) throw new Unusable('Stopped while packages were being installed.')
  if (code !== 0) throw new Unusable(`The packages could not be installed. ${remedyFor(words)}`)
}

const remedies = [
  [/ENOSPC|no space left/i, 'The disk is full: about 1 GB must be free.'],
  [/EROFS|EACCES|EPERM/, 'A file could not be written: start as the user who owns this folder and npm’s cache.'],
  [/EINTEGRITY/, 'A package is not what the lock says it is: run `npm cache verify` and start again.'],
  [/E404|ETARGET/, 'The package registry does not have a package: see its name above, and `npm config get registry`.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|SOCKET_TIMEOUT|network/,
    'The package registry was not reached: check the network or npm’s proxy setting and start again.',
  ],
  [/EUSAGE|lock file/, 'package.json and package-lock.json do not agree: take both from the repository again.'],
]

function remedyFor(words) {
  return remedies.find(([pattern]) => pattern.test(words))?.[1] ?? 'What npm said stands above.'
}

function findNode() {
  if (runsTypeScript) return process.execPath
  if (!existsSync(bundledNode))
    throw new Unusable(
      `Node 24 is not there: npm did not bring node-linux-${process.arch}. Delete node_modules and start again, ` +
        'or install Node 24.12 or newer.',
    )
  const probe = spawnSync(bundledNode, ['--version'], { encoding: 'utf8' })
  if (probe.status === 0) return bundledNode
  const why = (probe.stderr || probe.error?.message || `signal ${probe.signal}`).trim()
  throw new Unusable(`Node 24 from npm does not run on this machine: install Node 24.12 or newer.\n${why}`)
}

function parentOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/**
 * The processes whose end is ours: when npm runs a script, npm and the shell between. A TERM to npm ends those two and
 * is never passed to us. The shell is known by naming this file; the process above it is npm.
 */
function ancestors() {
  const pids = [process.ppid]
  if (process.platform !== 'linux') return pids
  try {
    while (pids.length < 8 && readFileSync(`/proc/${pids.at(-1)}/cmdline`, 'utf8').includes('launch.mjs'))
      pids.push(parentOf(pids.at(-1)))
  } catch {
    // One of them has just ended, which the next look at the chain finds.
  }
  return pids
}

// Started by hand or by a supervisor we outlive our parent, as any server does; only npm's end is ours.
function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return
  const chain = ancestors().join()
  const timer = setInterval(() => {
    if (ancestors().join() === chain) return
    clearInterval(timer)
    child?.kill('SIGTERM')
    setTimeout(() => child?.kill('SIGKILL'), patienceMs).unref()
  }, parentCheckMs)
  timer.unref()
}

// The kernel ends the child when this process is killed outright. BusyBox has a setpriv without this.
function tiedToUs(command) {
  const tie = ['--pdeathsig', 'TERM']
  return spawnSync('setpriv', [...tie, 'true']).status === 0 ? ['setpriv', ...tie, command] : [command]
}

// Of its own process group, so that Ctrl-C reaches it once, through us, and what it leaves behind can be ended.
async function handOver(args) {
  const [command, ...before] = tiedToUs(findNode())
  const code = await run(command, [...before, ...args], { stdio: 'inherit', detached: true })
  try {
    process.kill(-child.pid, 'SIGTERM')
  } catch {
    // Nothing was left behind.
  }
  return code
}

async function main() {
  const args = process.argv.slice(2)
  const script = args.find((arg) => !arg.startsWith('-'))
  if (!script) throw new Unusable('Usage: node tools/launch.mjs [Node’s own flags] file.ts [arguments]')
  checkMachine()
  if (!existsSync(join(root, script))) throw new Unusable(`${script} is not there: the checkout is not complete.`)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal))
  endWithNpm()
  await installPackages()
  process.exitCode = await handOver(args)
}

await main().catch((error) => {
  const foreseen = error instanceof Unusable || error.syscall !== undefined
  if (!foreseen) throw error
  console.error(error.message)
  process.exitCode = 1
})
