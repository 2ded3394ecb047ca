// Completes package-lock.json after `npm install`. A registry that lacks the binaries of other platforms makes npm
// leave their optional packages out of the lock, and `npm ci` then refuses it ("Missing: … from lock file"). Their
// names and exact versions stand in the packages that want them, so they can be written down without asking anyone.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const systems = {
  aix: 'aix',
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win32: 'win32',
  windows: 'win32',
}
const processors = new Set(['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'])

// The platform is read off the package's name, as every vendor of binaries writes it there.
function entryFor(name, version, wantedBy) {
  const words = name.split(/[-/]/)
  const system = words.map((word) => systems[word]).find(Boolean)
  const processor = words.find((word) => processors.has(word))
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined
  return {
    version,
    ...(processor && { cpu: [processor] }),
    ...(wantedBy.dev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(system && { os: [system] }),
  }
}

function missing(packages) {
  const found = []
  for (const [at, wantedBy] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(wantedBy.optionalDependencies ?? {})) {
      const top = `node_modules/${name}`
      const inner = at === '' ? top : `${at}/${top}`
      const exact = /^\d+\.\d+\.\d+[\w.+-]*$/.test(version)
      if (!exact || packages[inner] || packages[top]?.version === version) continue
      found.push([packages[top] ? inner : top, entryFor(name, version, wantedBy)])
    }
  }
  return found
}

const lock = JSON.parse(readFileSync(file, 'utf8'))
const added = missing(lock.packages)
for (const [at, entry] of added) lock.packages[at] = entry
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

const hosts = Object.entries(lock.packages).filter(([, entry]) => entry.resolved)
for (const [, entry] of hosts) delete entry.resolved

writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
console.log(`package-lock.json: ${added.length} optional packages added, ${hosts.length} registry addresses removed`)
