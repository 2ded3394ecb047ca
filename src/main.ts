import { join } from 'node:path'
import {
  answerHandle,
  checkExposure,
  compose,
  explainFault,
  features,
  hostsOf,
  readConfig,
  runRoles,
  untilSignal,
} from '#app'
import { systemClock } from '#kernel'
import { createLog, migrate, openDatabase, openLimited, openScreens, openSecret, stampInstall } from '#platform'
import { findPostgres } from '../tools/postgres.ts'
import { buildScreens, screensFolder } from '../tools/web.ts'

/** Everything opened here is closed in the opposite order: requests, jobs and events, the pool, PostgreSQL. */
async function main(): Promise<void> {
  await using open = new AsyncDisposableStack()
  const config = readConfig()
  debug = config.logLevel === 'debug' ? 'with stack' : 'words only'
  const log = createLog({ level: config.logLevel })
  const postgres = open.use(await findPostgres({ databaseUrl: config.databaseUrl, dataFolder: config.postgresFolder }))
  const db = openDatabase({ url: postgres.url, poolMax: config.poolMax, log })
  open.defer(() => db.close())
  await migrate({ db, root: import.meta.dirname, log })
  const install = await stampInstall(db, config.mode)
  checkExposure(config, install.mode)
  const answers = await openLimited(db, { ...answerHandle, poolMax: config.poolMax, log })
  open.defer(() => answers.close())
  const secret = await openSecret({ db, given: config.secret, file: config.secretFile })
  const { publicUrl, providerKeys, proxies } = config
  const deps = { db, answers, log, clock: systemClock, install, secret, publicUrl, providerKeys }
  if (config.roles.includes('web')) await buildScreens({ say: console.log })
  const screens = openScreens(join(import.meta.dirname, '..', screensFolder))
  const front = { screens, proxies, origins: { hosts: hostsOf(config), publicUrl } }
  const house = await features(deps)
  if (install.mode === 'demo') await house.seedDemo()
  const app = compose({ ...deps, front, rooms: house.rooms })
  const running = open.use(await runRoles(app, config))
  const url = publicUrl ?? running.url
  const greetings = url ? await app.greetings(url) : []
  // From the first line on a signal is heard: who reads that it is open may close it.
  for (const line of [url ? `Bottega is open: ${url}` : 'Bottega is at work', ...greetings]) console.log(line)
  const signal = await untilSignal()
  db.expectEnd()
  answers.expectEnd()
  console.log(`Closing (${signal}); once more to end at once`)
}

let debug: 'with stack' | 'words only' = 'words only'
await main().catch((fault: unknown) => {
  console.error(explainFault(fault, { debug }))
  process.exitCode = 1
})
