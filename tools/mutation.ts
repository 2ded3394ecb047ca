import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '..')

type Ending = { readonly failed: boolean; readonly output: string; readonly pid: number }

/** A copy of the tree in which one file at a time is not what it was. */
export function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'bottega-mutant-'))
  for (const part of ['src', 'test', 'tools', 'bench', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

type TestRun = {
  readonly copy: string
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  readonly patienceMs: number
}

/** Runs one test file until its first failure; one that takes longer than the patience has failed. */
export function runTest({ copy, file, env, patienceMs }: TestRun): Promise<Ending> {
  const child = spawn(process.execPath, ['--test-reporter=tap', file], {
    cwd: copy,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let failed = false
  const fail = () => {
    failed = true
    child.kill('SIGKILL')
  }
  const timer = setTimeout(fail, patienceMs)
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      output += String(part)
      if (!failed && /^\s*not ok /m.test(output)) fail()
    })
  return new Promise((done) => {
    child.once('close', (code) => {
      clearTimeout(timer)
      done({ failed: failed || code !== 0, output, pid: child.pid ?? 0 })
    })
  })
}
