/** Runs in the browser: asks for the health and writes it down as lines of a receipt, again every five seconds. */
export const script = `
const list = document.getElementById('checks')
const total = document.getElementById('total')
const at = document.getElementById('at')

function line(name, words, ok) {
  const item = document.createElement('li')
  item.className = ok ? 'line' : 'line bad'
  const [label, figure] = [document.createElement('span'), document.createElement('b')]
  label.textContent = name
  figure.className = 'figure'
  figure.textContent = words
  item.append(label, document.createElement('i'), figure)
  return item
}

function show(words, ok) {
  total.className = ok ? 'line total good' : 'line total bad'
  if (total.lastElementChild.textContent !== words) total.lastElementChild.textContent = words
}

async function ask() {
  try {
    const response = await fetch(list.dataset.path, { signal: AbortSignal.timeout(4000) })
    const report = await response.json()
    list.replaceChildren(...report.checks.map(({ name, ok, detail, ms }) => line(name, detail + '  ' + ms + '\\u2009ms', ok)))
    at.textContent = new Date(report.at).toLocaleTimeString()
    show(report.ok ? 'well' : 'not well', report.ok)
  } catch {
    show('no answer; is it still running?', false)
  }
}

await ask()
setInterval(() => document.hidden || ask(), 5000)
document.addEventListener('visibilitychange', () => document.hidden || ask())
`
