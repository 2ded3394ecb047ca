import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { OperatorFault } from '#platform'
import type { Outcome, Setting } from './form/outcome.ts'
import { measureDecisions } from './scheduler/decision.ts'
import { playInVirtualTime } from './scheduler/des/ablation.ts'
import { judge, type Judged } from './scheduler/figures.ts'
import { findHaproxy } from './scheduler/haproxy.ts'
import { lines } from './scheduler/lines.ts'
import { drawRun } from './scheduler/plot.ts'
import { figuresOf, ratiosOf, tablesOf } from './scheduler/report.ts'
import { chooseScenarios, scenarios, unplayed } from './scheduler/scenarios.ts'
import { playScenario } from './scheduler/stage.ts'
import { readTrace } from './scheduler/trace.ts'

const plotFolder = resolve(import.meta.dirname, '../.data/bench/scheduler')
const seed = 1
const queued = 10_000
/** Starting and ending a run's processes, beside its own time. */
const aroundSeconds = 4

/** What this bench takes from the command line, beside --quick. */
export const takes = ['scenario', 'traces', 'des'] as const

/**
 * How long people wait for a first token at a peak, by who decides who goes next: ours, HAProxy and simpler ones, side by side
 * in real time over real sockets before engines that take the time of real ones. `--des` plays the same rules in virtual time.
 */
export async function bench(setting: Setting): Promise<Outcome> {
  if (setting.clock === 'virtual') return playInVirtualTime(setting)
  const { size, say, scenario, traces } = setting
  const chosen = chooseScenarios(scenario, size)
  if (chosen.length === 0)
    throw new OperatorFault(
      `There is no scenario ${scenario}.`,
      `Take one of ${scenarios.map(({ name }) => `“${name}”`).join(', ')}, or a letter. Not played: ${Object.keys(unplayed).join()}.`,
    )
  const trace = readTrace(traces)
  const seconds = chosen.reduce((sum, one) => sum + one.seconds + aroundSeconds, 0)
  say(`${trace.source}; ${chosen.length} scenarios in real time, ${Math.ceil(seconds / 60)} minutes`)
  const decisions = await measureDecisions(queued)
  const runs: Judged[] = []
  for (const each of chosen) {
    say(`${each.name}: ${each.about}, ${each.seconds} s`)
    const run = await playScenario(each, { trace, seed })
    runs.push(judge(run))
    mkdirSync(plotFolder, { recursive: true })
    const file = join(plotFolder, `${each.name.replaceAll(/\W+/g, '-').toLowerCase()}.svg`)
    writeFileSync(file, drawRun(run))
    say(`${each.name}: drawn in ${file}; load of the machine ${loadavg()[0]?.toFixed(1)}`)
  }
  const measured = { runs, decisions }
  return {
    server: { haproxy: findHaproxy()?.version ?? 'not installed' },
    tables: tablesOf(measured),
    figures: figuresOf(measured, trace.source),
    ratios: ratiosOf(measured),
    targets: lines,
  }
}
