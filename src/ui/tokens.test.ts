import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

type Theme = 'light' | 'dark'
type Oklch = readonly [lightness: number, chroma: number, hue: number]

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const colour = String.raw`oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)`
const pairs = css.matchAll(new RegExp(String.raw`--([\w-]+): light-dark\(\s*${colour},\s*${colour}\s*\)`, 'g'))
const tokens = new Map([...pairs].map(([, name = '', ...parts]) => [name, themesOf(parts.map(Number))]))

function themesOf([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: readonly number[]): Readonly<Record<Theme, Oklch>> {
  return { light: [a, b, c], dark: [d, e, f] }
}

/** WCAG 2: relative luminance of the colour as sRGB shows it. Matrices by Björn Ottosson. */
function luminance([lightness, chroma, hue]: Oklch): number {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)]
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const shown = (value: number) => Math.min(1, Math.max(0, value))
  const red = shown(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)
  const green = shown(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)
  const blue = shown(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(text: string, ground: string, theme: Theme): number {
  const [front, back] = [tokens.get(text), tokens.get(ground)]
  assert.ok(front && back, `${text} or ${ground} is no token`)
  const [dim, bright] = [luminance(front[theme]), luminance(back[theme])].toSorted((a, b) => a - b)
  return ((bright ?? 0) + 0.05) / ((dim ?? 0) + 0.05)
}

const surfaces = ['ground', 'paper', 'sunk', 'raised']

const promises: readonly [least: number, texts: readonly string[], grounds: readonly string[]][] = [
  [7, ['ink'], [...surfaces, 'hover', 'accent-wash', 'amber-wash', 'in-wash', 'out-wash', 'coral-wash']],
  [7, ['soft'], ['ground', 'paper']],
  [4.5, ['soft'], [...surfaces, 'hover']],
  [4.5, ['faint', 'accent', 'in', 'out', 'amber', 'coral'], surfaces],
  [4.5, ['accent-ink'], ['accent', 'accent-strong']],
]

for (const theme of ['light', 'dark'] as const) {
  test(`every text can be read on every surface it stands on: ${theme}`, () => {
    for (const [least, texts, grounds] of promises) {
      for (const text of texts) {
        for (const ground of grounds) {
          const reached = contrast(text, ground, theme)
          assert.ok(reached >= least, `${text} on ${ground}: ${reached.toFixed(2)}, not ${least}`)
        }
      }
    }
  })

  test(`meanings can be read on their own wash: ${theme}`, () => {
    for (const name of ['accent', 'in', 'out', 'amber', 'coral']) {
      const reached = contrast(name, `${name}-wash`, theme)
      assert.ok(reached >= 4.5, `${name}: ${reached.toFixed(2)}`)
    }
  })
}
