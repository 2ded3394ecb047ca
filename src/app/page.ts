import type { Mode } from '#platform'
import { getHealth } from '#platform/contract'
import { script } from './page-script.ts'
import { styles } from './page-styles.ts'

type PageFacts = { readonly nonce: string; readonly mode: Mode; readonly rooms: readonly string[] }

const modes: Readonly<Record<Mode, string>> = {
  demo: 'Demo: play money, open to this machine alone. Nothing here can cost anything.',
  live: 'Live: real people and real money. No sandbox can be opened here.',
}

const abilities = [
  ['Start anywhere', 'brings its own Node and PostgreSQL, or uses the server you name'],
  ['Keep its data', 'migrations with checksums, in one order; a changed one is refused'],
  ['Keep exact books', 'double entry, each amount posted once, everything proven every night'],
  ['Tell once more, never less', 'every event reaches its listeners in order, through a crash too'],
  ['Close politely', 'ends what runs, then jobs, then events, then the database'],
] as const

/** The door of an install that has no screens yet: its name, its mode, its health, and what it can do today. */
export function renderPage({ nonce, mode, rooms }: PageFacts): string {
  const open = rooms.length === 0 ? 'none yet' : rooms.map(escapeHtml).join(', ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Bottega</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style nonce="${nonce}">${styles}</style>
</head>
<body>
<main>
  <header>
    <p class="mark" aria-hidden="true"></p>
    <h1>Bottega</h1>
    <p class="lead">A workshop for bots that shows its price tags. It runs on your machine and keeps exact books.</p>
    <p class="mode"><strong>${mode}</strong> ${modes[mode].replace(/^\w+: /, '')}</p>
  </header>
  <section class="receipt" aria-labelledby="health">
    <div class="head"><h2 id="health">Health</h2><time class="figure" id="at">asking</time></div>
    <ul id="checks" data-path="${getHealth.path}"><li class="line"><span>the server</span><i></i><b class="figure">asking</b></li></ul>
    <p class="line total" id="total" role="status"><span>In all</span><i></i><b class="figure">asking</b></p>
  </section>
  <section class="today" aria-labelledby="today">
    <h2 id="today">What this install can do today</h2>
    <dl>${abilities.map(([name, words]) => `<div><dt>${name}</dt><dd>${words}</dd></div>`).join('')}</dl>
    <p class="line"><span>Rooms open</span><i></i><b class="figure">${open}</b></p>
  </section>
  <footer><p><a href="${getHealth.path}">${getHealth.path}</a> for machines · <a href="/metrics">/metrics</a> for graphs</p></footer>
</main>
<script type="module" nonce="${nonce}">${script}</script>
</body>
</html>
`
}

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M3 1h10v14l-2-1.5L9.5 15 8 13.5 6.5 15 5 13.5 3 15z" fill="#4254d6"/>' +
  '<path d="M5.5 5h5M5.5 8h3" stroke="#fff" stroke-width="1.5"/></svg>'

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
