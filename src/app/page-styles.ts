/** Light and dark drawn apart, in OKLCH. The one idea is the receipt: dotted rules, tabular figures, a torn edge. */
export const styles = `
:root {
  --ground: oklch(0.972 0.004 262);
  --paper: oklch(0.998 0.001 262);
  --ink: oklch(0.21 0.018 266);
  --quiet: oklch(0.47 0.018 266);
  --hair: oklch(0.885 0.008 264);
  --dots: oklch(0.72 0.014 264);
  --accent: oklch(0.47 0.19 268);
  --good: oklch(0.46 0.12 155);
  --bad: oklch(0.5 0.18 27);
  --sans: ui-sans-serif, 'Inter', 'Segoe UI', 'Helvetica Neue', 'Noto Sans', sans-serif;
  --mono: ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', 'DejaVu Sans Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: oklch(0.175 0.012 268);
    --paper: oklch(0.225 0.014 268);
    --ink: oklch(0.945 0.006 262);
    --quiet: oklch(0.735 0.014 264);
    --hair: oklch(0.315 0.016 266);
    --dots: oklch(0.46 0.018 266);
    --accent: oklch(0.78 0.11 276);
    --good: oklch(0.8 0.13 155);
    --bad: oklch(0.755 0.14 25);
  }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--ground); color: var(--ink); font: 15px/24px var(--sans); -webkit-text-size-adjust: 100%; }
main {
  display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 26rem); gap: 56px 72px; align-items: start;
  max-width: 66rem; margin: 0 auto; padding: clamp(40px, 9vh, 96px) 32px 48px;
}
.mark { width: 30px; height: 38px; margin-bottom: 20px; background: var(--accent);
  clip-path: polygon(0 0, 100% 0, 100% 100%, 83% 90%, 66% 100%, 50% 90%, 33% 100%, 17% 90%, 0 100%); }
h1 { font-size: 44px; line-height: 48px; font-weight: 640; letter-spacing: -0.032em; }
h2 { font-size: 15px; line-height: 24px; font-weight: 620; }
.lead { max-width: 30rem; margin-top: 12px; font-size: 20px; line-height: 30px; color: var(--quiet); text-wrap: pretty; }
.mode { max-width: 30rem; margin-top: 32px; padding-left: 16px; border-left: 2px solid var(--accent); }
.mode strong { font-family: var(--mono); font-weight: 600; color: var(--accent); margin-right: 6px; }
.figure { font-family: var(--mono); font-size: 13px; line-height: 20px; font-weight: 500; font-variant-numeric: tabular-nums; }
.receipt {
  --tooth: 12px;
  grid-row: span 2; padding: 24px 24px 36px; background: var(--paper); border-radius: 10px 10px 0 0;
  mask: conic-gradient(from -45deg at bottom, #0000, #000 1deg 89deg, #0000 90deg) 50% / var(--tooth) 100%;
}
.head { display: flex; justify-content: space-between; align-items: baseline; padding-bottom: 12px; border-bottom: 1px solid var(--hair); }
.head time { color: var(--quiet); }
ul { list-style: none; padding: 8px 0; min-height: 80px; }
.line { display: flex; align-items: baseline; gap: 8px; padding: 6px 0; }
.line i { flex: 1; min-width: 16px; border-bottom: 2px dotted var(--dots); transform: translateY(-4px); }
.line b { text-align: right; overflow-wrap: anywhere; }
.total { border-top: 1px solid var(--hair); padding-top: 14px; font-weight: 620; }
.good b { color: var(--good); font-weight: 640; }
.bad b, .bad span { color: var(--bad); }
.today { max-width: 34rem; }
.today h2 { padding-bottom: 8px; border-bottom: 1px solid var(--hair); }
dl { padding: 8px 0 4px; }
dl div { padding: 8px 0; }
dt { font-weight: 560; }
dd { color: var(--quiet); }
footer { grid-column: 1 / -1; padding-top: 16px; border-top: 1px solid var(--hair); color: var(--quiet); font-size: 13px; line-height: 20px; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
@media (max-width: 60rem) {
  main { grid-template-columns: minmax(0, 1fr); gap: 40px; max-width: 38rem; padding: 40px 20px 32px; }
  .receipt { grid-row: auto; }
  h1 { font-size: 36px; line-height: 40px; }
  .lead { font-size: 18px; line-height: 28px; }
}
`
