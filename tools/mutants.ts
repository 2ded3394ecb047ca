/** One small change of one file of SQL, which a test must notice. */
export type Mutant = {
  readonly file: string
  readonly line: number
  readonly what: string
  /** The line it stands in, by which the same words are told apart. */
  readonly context: string
  apply(text: string): string
}

const slower = 'answers the same, only slower: what it skips would do nothing'
const beyond = 'place 0 of an array is null, which compares as no and counts as nothing'
const either = 'of two that are equal either may be taken'
const oneHome = 'answers the same: an account is of one home, and what is found by the account is of its home'

/** Mutants that change no answer, by their words and the line they stand in, and why. They are counted and not run. */
export const equivalents: readonly (readonly [words: RegExp, why: string])[] = [
  [/^branch always taken: any_known → true in/, slower],
  [/: with_lots or p_lots is not null → true in/, slower],
  [/: with_holds is not null or n_named > 0 → true in/, slower],
  [/^branch always taken: (?:p_reversed is not null|n_parts > 0|n_lots > 0|n_named > 0) → true in/, slower],
  [/^branch always taken: (?:n_loaded > 0|n_kept > 0|n_lots > n_loaded|n_parts > n_kept) → true in/, slower],
  [/^bound: > → >= in +if (?:n_loaded > 0|n_kept > 0|n_lots > n_loaded|n_parts > n_kept) then/, slower],
  [/^bound: <= → < in +if op = op_move and a\[d\]/, 'the long way answers the same, only slower'],
  [/^bound: < → <= in +if (?:put|l\[i\]\[7\]) < 0 then lot_granted/, 'where a leg goes into a lot it says which'],
  [/^bound: < → <= in +if (?:lot_remaining\[t\] - lot_held\[t\]|part_amount\[q\]) < y then y :=/, either],
  [/^bound: > → >= in .* > hold_until\[h\] then hold_until/, either],
  [/^bound: > → >= in .*bool_or\(s\.lots > 0\)/, slower],
  [/^bound: > → >= in +if (?:with_holds is not null or n_named|n_named|n_lots|n_parts) > 0/, slower],
  [/^bound: > → >= in +if op > op_move then out_part/, beyond],
  [/^branch always taken: (?:with_holds is not null|cardinality\(legs\) > n) → true in/, slower],
  [/^bound: > → >= in +if cardinality\(legs\) > n then/, slower],
  [/^statement removed: part_next\[n_parts\] := 0;/, 'null ends a chain as 0 does'],
  [/^branch never taken: op = op_move and a\[d\]\[a_first_lot\] = 0 and/, 'the long way answers the same, only slower'],
  [
    /^branch never taken: (?:c = 0|op = op_move) → false in/,
    'the later arms are null for such a leg, which is the same no',
  ],
  [/^where without a term: s\.home = p_home → true in(?!.*ledger\.leg)/, oneHome],
  [
    /^where without a term: l\.home = p_home → true in +(?:\(select l\.pos|\) e where l\.home = p_home and l\.pos)/,
    oneHome,
  ],
  [/^comparison: = → <> in +(?:\(select l\.pos|and \(l\.pos \+ l\.pos \/ 61\) % 61)/, slower],
  [/^order removed: order by l\.pos → nothing in +and \(l\.pos/, 'the index gives its rows in this order'],
  [/^bound: > → >= in .*l\.pos > p_pos order by/, 'the entry at the place itself is the answer'],
  [/^where without a term: \(l\.pos \+ l\.pos \/ 61\) % 61 = 0 → true in/, slower],
  [/ in create index leg_[dc]r on ledger\.leg /, 'an index changes no answer'],
  [/^where without a term: s\.open → true in/, 'a lot that is not open has nothing to spend, and lies in no way'],
  [
    /^where without a term: s\.expires_at <= p_now(?: offset 0)? → true in/,
    'a hold that has not ended is loaded and left as it is',
  ],
  [/^where without a term: \(s\.(?:remaining|amount) <> /, 'a row that did not change is written as it is'],
  [
    /(?:part_amount\[g\] > 0 → true|bound: > → >=) in +where s\.ctid = part_tid\[g\]/,
    'a part that holds nothing was deleted just before',
  ],
  [/without a term: q <> 0 → true in/, beyond],
  [/always taken: (?:t|rev) <> 0 → true in +if (?:t <> 0 then (?:out_from|lot_remaining)|rev <> 0)/, beyond],
  [/always taken: op > op_move → true in +if op > op_move then out_part/, beyond],
  [/always taken: into_lot <> 0 → true in +if into_lot <> 0 then$/, beyond],
  [/^branch always taken: l\[i\]\[1\] in \(op_reserve, op_extend\)/, 'a hold that is settled is open already'],
  [/^condition without a term: (?:t|into_lot) <> 0 → true in +while (?:t|into_lot) <> 0 and/, beyond],
  [
    /^branch always taken: (?:put|l\[i\]\[7\]) < 0 → true in +if (?:put|l\[i\]\[7\]) < 0 then lot_granted/,
    'what was granted is written of new lots alone',
  ],
  [/^order removed: order by u\.at → nothing in/, 'unnest gives its rows in this order'],
]

type Change = { readonly at: number; readonly old: string; readonly now: string; readonly what: string }

/** Every mutant of one migration: constraints, branches, signs, comparisons, guards and the terms of conditions. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const code = blanked(text)
  const changes = [...constraintChanges(code), ...(code.includes('create function') ? functionChanges(code) : [])]
  const seen = new Set<string>()
  return changes.flatMap(({ at, old, now, what }) => {
    const apply = (whole: string) => whole.slice(0, at) + now + whole.slice(at + old.length)
    const changed = apply(code)
    if (seen.has(changed)) return []
    seen.add(changed)
    const lines = text.slice(0, at).split('\n')
    const context = text.split('\n')[lines.length - 1] ?? ''
    return [{ file, line: lines.length, what: `${what}: ${shown(old)} → ${shown(now)}`, context, apply }]
  })
}

const shown = (sql: string) => {
  const flat = sql.replaceAll(/\s+/g, ' ').trim()
  return flat === '' ? 'nothing' : flat.length > 90 ? `${flat.slice(0, 90)}…` : flat
}

/** The text with comments as blanks, so that places stay. */
function blanked(text: string): string {
  return text.replaceAll(/--[^\n]*/g, (comment) => ' '.repeat(comment.length))
}

/** Each CHECK as a whole and each of its terms, each foreign key, unique, and trigger of the append-only log. */
function constraintChanges(code: string): Change[] {
  const changes: Change[] = []
  for (const match of code.matchAll(/\bcheck \(/g)) {
    const end = closing(code, match.index + match[0].length - 1)
    const inner = code.slice(match.index + match[0].length, end)
    const from = match.index + match[0].length
    changes.push({ at: from, old: inner, now: 'true', what: 'CHECK removed' })
    for (const [start, stop] of termsOf(inner, 'and'))
      changes.push({ at: from + start, old: inner.slice(start, stop), now: ' true ', what: 'CHECK without a term' })
  }
  for (const match of code.matchAll(/ references ledger\.\w+| unique(?=,|\n| )(?! \()|^create trigger [^;]+;/gm))
    changes.push({ at: match.index, old: match[0], now: '', what: 'guard removed' })
  return changes
}

const patterns: readonly (readonly [pattern: RegExp, now: string, what: string])[] = [
  [/if (?:(?!then)[^;])*?then status := \d+; exit legs; end if;/g, '', 'refusal removed'],
  [/(?:exit|continue) legs when [^;]*;/g, '', 'refusal removed'],
  [/ := [^;]*?(\+) /g, '-', 'sign'],
  [/ := [^;]*? (-) /g, '+', 'sign'],
  [/ (<=) /g, '<', 'bound'],
  [/ (>=) /g, '>', 'bound'],
  [/ (<) /g, '<=', 'bound'],
  [/ (>) /g, '>=', 'bound'],
  [/ (<>) /g, '=', 'comparison'],
  [/ (?:if|elsif|when|while|where|and|or|not) [^;\n]*? (=) /g, '<>', 'comparison'],
  [/ order by [\w.]+(?:, [\w.]+)*(?: desc)?/g, '', 'order removed'],
  [/ (desc) limit/g, '', 'order turned'],
  [/coalesce\(([^(),]+), \d+\)/g, '$1', 'default removed'],
  [/nullif\(([^(),]+), \d+\)/g, '$1', 'null removed'],
]

/** Branches whose condition is never or always so, statements left out, signs and bounds turned. */
function functionChanges(code: string): Change[] {
  const changes: Change[] = []
  for (const match of code.matchAll(/\b(if|elsif|while|when) ((?:(?! then )[^;])*?) (then|loop)\b/g)) {
    if (match[1] === 'if' && code.slice(match.index - 4, match.index) === 'end ') continue
    const at = match.index + (match[1]?.length ?? 0) + 1
    const old = match[2] ?? ''
    changes.push({ at, old, now: 'false', what: 'branch never taken' })
    if (match[1] !== 'while') changes.push({ at, old, now: 'true', what: 'branch always taken' })
    for (const word of ['and', 'or'] as const)
      for (const [start, stop] of termsOf(old, word))
        changes.push({
          at: at + start,
          old: old.slice(start, stop),
          now: word === 'and' ? ' true ' : ' false ',
          what: 'condition without a term',
        })
  }
  for (const match of code.matchAll(/(?<=[;\n] *|then |loop |else )([a-z_]+(?:\[[^;]*?\])* := [^;]+;)/g))
    changes.push({ at: match.index, old: match[0], now: 'null;', what: 'statement removed' })
  for (const match of code.matchAll(
    /where ([^;]*?)(?=\n *(?:order|group|on conflict|union|\)|limit)|;| order by| limit)/g,
  )) {
    const old = match[1] ?? ''
    for (const [start, stop] of termsOf(old, 'and'))
      changes.push({
        at: match.index + 6 + start,
        old: old.slice(start, stop),
        now: ' true ',
        what: 'where without a term',
      })
  }
  for (const [pattern, now, what] of patterns) changes.push(...patternChanges(code, pattern, now, what))
  return changes
}

function patternChanges(code: string, pattern: RegExp, now: string, what: string): Change[] {
  return [...code.matchAll(pattern)].map((match) => {
    const part = now === '$1' ? match[0] : (match[1] ?? match[0])
    const at = match.index + (match[1] && now !== '$1' ? match[0].lastIndexOf(match[1]) : 0)
    return { at, old: part, now: now === '$1' ? (match[1] ?? '') : now, what }
  })
}

/** The places of the terms that a word joins at the outermost level; none where it joins nothing. */
function termsOf(sql: string, word: 'and' | 'or'): [start: number, stop: number][] {
  const joints: { at: number; word: string }[] = []
  let depth = 0
  for (let at = 0; at < sql.length; at++) {
    if (sql[at] === '(' || sql[at] === '[') depth++
    if (sql[at] === ')' || sql[at] === ']') depth--
    const joint = depth === 0 ? /^\s(and|or)\s/.exec(sql.slice(at)) : null
    if (joint && !/\bbetween\s+\S+$/.test(sql.slice(0, at))) joints.push({ at, word: joint[1] ?? '' })
  }
  // `and` binds closer: its terms end at an `or` too, and those of an `or` reach over it.
  const ends = word === 'and' ? joints : joints.filter((joint) => joint.word === 'or')
  const bounds = [{ at: -1, word: '' }, ...ends, { at: sql.length, word: '' }]
  return bounds.slice(1).flatMap((end, place): [number, number][] => {
    const before = bounds[place] ?? end
    const start = before.at < 0 ? 0 : before.at + 1 + before.word.length
    return before.word === word || end.word === word ? [[start, end.at]] : []
  })
}

/** The bracket that closes the one at this place. */
function closing(code: string, open: number): number {
  let depth = 0
  for (let at = open; at < code.length; at++) {
    if (code[at] === '(') depth++
    if (code[at] === ')' && --depth === 0) return at
  }
  return code.length
}
