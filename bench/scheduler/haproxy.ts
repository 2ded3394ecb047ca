import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const programs = ['haproxy', '/usr/sbin/haproxy']

/** The version that is installed here, or undefined. */
export function findHaproxy(): { readonly program: string; readonly version: string } | undefined {
  for (const program of programs) {
    const version = /version (\S+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stdout ?? '')?.[1]
    if (version) return { program, version }
  }
  return undefined
}

type Backend = { readonly url: string; readonly slots: number }

/**
 * Strict priority with the true slots, as an operator would write it who knows HAProxy well: who leaves is forgotten, a
 * backend that dies is noticed, and what had no answer is sent to another.
 */
function configuration(port: number, backends: readonly Backend[]): string {
  const servers = backends.map(
    ({ url, slots }, at) => `    server s${at} ${new URL(url).host} maxconn ${slots} check inter 1s fall 2 rise 1`,
  )
  return `global
    maxconn 9000
    nbthread 1
defaults
    mode http
    option http-keep-alive
    http-reuse safe
    option abortonclose
    option redispatch
    retries 2
    retry-on conn-failure empty-response
    timeout connect 2s
    timeout client 10m
    timeout server 10m
    timeout queue 300s
    timeout http-request 10s
frontend gateway
    bind 127.0.0.1:${port}
    http-request set-priority-class int(0)  if { req.hdr(x-class) tipped }
    http-request set-priority-class int(10) if { req.hdr(x-class) subscriber }
    http-request set-priority-class int(20) if { req.hdr(x-class) free }
    default_backend engines
backend engines
    balance leastconn
    option httpchk GET /v1/models
${servers.join('\n')}
`
}

/** Resolves when it listens; ends with its disposal, and with this process where setpriv exists. */
export async function startHaproxy(
  program: string,
  backends: readonly Backend[],
): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'bottega-haproxy-'))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  writeFileSync(file, configuration(port, backends))
  const tied = spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0
  const command = [...(tied ? ['setpriv', '--pdeathsig', 'TERM'] : []), program, '-db', '-q', '-f', file]
  const child = spawn(command[0] ?? program, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const dispose = async (): Promise<void> => {
    child.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) break
    const response = await fetch(`${url}/v1/models`).catch(() => undefined)
    if (response?.ok) return { url, [Symbol.asyncDispose]: dispose }
    await wait(50)
  }
  await dispose()
  throw new Error(`${program} did not start with this configuration:\n${configuration(port, backends)}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('No port is free.')
  return address.port
}
