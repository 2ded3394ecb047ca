// An engine that speaks the OpenAI wire and takes its time: `node tools/engine-sim.ts --help`, tools/engine-sim/README.md.
import { parseArgs } from 'node:util'
import { seededDice } from './engine-sim/dice.ts'
import { serveEngine } from './engine-sim/server.ts'
import { dialects, settingsByDefault, settingsSchema, type Dialect } from './engine-sim/settings.ts'
import { builtIn, profileByDefault, readProfile, stepTimes, type StepTimes } from './engine-sim/step-times.ts'

const usage = `node tools/engine-sim.ts [--port N] [--model NAME] [--dialect ${dialects.join('|')}] [--seed N]
    [--perf FILE [--profile MODEL/HARDWARE/PARALLEL] | --step-ms N] [--settings JSON]
Prints its URL when it takes requests, and ends with the process that started it.`

const parentCheckMs = 250

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    model: { type: 'string', default: 'engine-sim' },
    dialect: { type: 'string', default: 'vllm' },
    seed: { type: 'string', default: '1' },
    perf: { type: 'string' },
    profile: { type: 'string', default: profileByDefault },
    'step-ms': { type: 'string' },
    settings: { type: 'string', default: '{}' },
    help: { type: 'boolean' },
  },
})

function timesAsked(): StepTimes {
  const stepMs = Number(values['step-ms'])
  if (values['step-ms'] !== undefined) return () => stepMs
  return stepTimes(values.perf === undefined ? builtIn : readProfile(values.perf, values.profile))
}

const isDialect = (name: string): name is Dialect => (dialects as readonly string[]).includes(name)

async function main(): Promise<void> {
  if (values.help || !isDialect(values.dialect)) {
    console.log(usage)
    process.exitCode = values.help ? 0 : 1
    return
  }
  const engine = await serveEngine({
    port: Number(values.port),
    model: values.model,
    dialect: values.dialect,
    times: timesAsked(),
    settings: settingsSchema.parse({ ...settingsByDefault, ...JSON.parse(values.settings) }),
    dice: seededDice(Number(values.seed)),
  })
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid !== parent) void stop()
  }, parentCheckMs)
  const stop = async (): Promise<void> => {
    clearInterval(watch)
    await engine.stop()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
  console.log(engine.url)
}

await main()
