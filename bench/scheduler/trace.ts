import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { seededDice } from '../../tools/engine-sim/dice.ts'

/** A request of a real or a made-up load: when it came, how long its prompt was, how long the answer became. */
export type Arrival = { readonly atMs: number; readonly promptTokens: number; readonly answerTokens: number }

export type Trace = {
  readonly arrivals: readonly Arrival[]
  /** Where it is from, for the report. */
  readonly source: string
  /** The engine's measured step times, where the folder has them. */
  readonly perf: string | undefined
}

const folderByDefault = resolve(import.meta.dirname, '../../../shared/data/traces')

/**
 * The busiest ten minutes of Azure's conversations (2023, CC-BY 4.0; Patel et al., "Splitwise", ISCA 2024), or a seeded
 * load of the same rate and sizes where the file is missing.
 */
export function readTrace(folder = folderByDefault): Trace {
  const file = join(folder, 'azure_conv_peak10.csv')
  const perfFile = join(folder, 'perf_model.csv')
  const perf = existsSync(perfFile) ? perfFile : undefined
  if (!existsSync(file)) return { arrivals: madeUp(), source: 'made up: no trace was found', perf }
  const [, ...lines] = readFileSync(file, 'utf8').trim().split('\n')
  const arrivals = lines.map((line) => {
    const [atMs = Number.NaN, promptTokens = Number.NaN, answerTokens = Number.NaN] = line.split(',').map(Number)
    return { atMs, promptTokens: Math.max(1, promptTokens), answerTokens: Math.max(1, answerTokens) }
  })
  return { arrivals, source: 'Azure LLM inference 2023, conversations, busiest ten minutes', perf }
}

const madeUpMs = 600_000
const madeUpPerSecond = 7.56

/** Independent arrivals with the trace's three kinds of prompts and its long tail of answers. */
function madeUp(): readonly Arrival[] {
  const dice = seededDice(2023)
  const between = (least: number, most: number) => Math.round(least * (most / least) ** dice())
  const prompts = () => {
    const kind = dice()
    return kind < 0.54 ? between(60, 512) : kind < 0.76 ? between(512, 1500) : between(2500, 4130)
  }
  const arrivals: Arrival[] = []
  for (let atMs = 0; atMs < madeUpMs; atMs += (-Math.log(1 - dice()) * 1000) / madeUpPerSecond)
    arrivals.push({ atMs, promptTokens: prompts(), answerTokens: between(20, 480) })
  return arrivals
}
