// Builds the screens if need be, and weighs what every page loads before it draws anything.
import { buildScreens, entryBytes, ScreensUnbuilt } from './web.ts'

/** The rest of the first screen's budget of 180 KB is its own code; test/e2e weighs whole journeys in the browser. */
const entryBytesMax = 160_000

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`

await buildScreens().then(weigh, (fault: unknown) => {
  if (!(fault instanceof ScreensUnbuilt)) throw fault
  console.error(fault.message)
  process.exitCode = 1
})

function weigh(): void {
  const bytes = entryBytes()
  console.log(`Every page begins with ${kilobytes(bytes)} of gzipped code; ${kilobytes(entryBytesMax)} are allowed.`)
  if (bytes > entryBytesMax) process.exitCode = 1
}
