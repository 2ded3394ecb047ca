/** What the sandbox's models say. Every text says of itself that it comes from a script. */
export type Asked = {
  /** The last paragraph the user wrote, without the command that may stand before it. */
  readonly text: string
  /** "a patient tutor", where the prompt says "You are a patient tutor". */
  readonly role: string | undefined
}

const label = '*Sandbox model: a script wrote this, no AI was asked.*'

const topicMax = 80

function topicOf({ text }: Asked): string {
  const line =
    text
      .split('\n')
      .find((each) => each.trim() !== '')
      ?.trim() ?? 'nothing in particular'
  const signs = Array.from(line)
  return signs.length > topicMax ? `${signs.slice(0, topicMax).join('')}…` : line
}

const greetingOf = ({ role }: Asked) => (role ? `Speaking as ${role}: y` : 'Y')

function plain(asked: Asked): string {
  return `${greetingOf(asked)}ou wrote “${topicOf(asked)}”. With a real model behind it, this bot would answer that now. \
What you see is everything around the answer: the words arrive as they are made, the price was shown before you sent, and \
the receipt below says who was paid.\n\n${label}`
}

function markdown(asked: Asked): string {
  return `## On “${topicOf(asked)}”

${greetingOf(asked)}ou asked something worth a **structured** answer. Three things matter, in this order:

1. *What is asked.* Restate it in one sentence, and see whether the question changes.
2. *What is known.* Write down the facts, and beside each how you know it.
3. *What is missing.* It is usually one figure, and usually cheap to find out.

> A question well put is half answered.

- [x] Markdown arrives piece by piece
- [ ] Nothing flickers while it is half finished

Inline \`code\`, a [link](https://example.org/notes), and a rule:

---

${label}`
}

const fence = '```'

function code(asked: Asked): string {
  return `${greetingOf(asked)}ou asked about “${topicOf(asked)}”. A small example in TypeScript:

${fence}ts
/** Splits an amount so that the parts add up to the whole. */
export function split(whole: bigint, parts: number): bigint[] {
  const floor = whole / BigInt(parts)
  const left = Number(whole % BigInt(parts))
  return Array.from({ length: parts }, (_, at) => floor + (at < left ? 1n : 0n))
}

console.log(split(100n, 3)) // [34n, 33n, 33n]
${fence}

The same in SQL, where the remainder goes to the first rows:

${fence}sql
select n, 100 / 3 + case when n <= 100 % 3 then 1 else 0 end as part
from generate_series(1, 3) as n;
${fence}

Nothing is lost to rounding: *the sum is always the whole*.

${label}`
}

function table(asked: Asked): string {
  return `${greetingOf(asked)}ou asked about “${topicOf(asked)}”. Side by side:

| Way | Cost | When it suits | What to watch |
|:----|-----:|:--------------|:--------------|
| By the message | 40 points | Now and then | Nothing to cancel |
| By the day | 900 points | A busy afternoon | Ends at midnight, UTC |
| By the month | 18 000 points | Every working day | Pays off from 450 messages |

The break-even between the first two lies at $900 / 40 = 22.5$ messages a day, so from the **23rd** on a day is cheaper.

${label}`
}

const chapters = ['The workshop', 'The first order', 'A mistake in the books', 'The reckoning', 'What was left over']

const sentences = [
  'The door stood open, as it did every morning before the others came.',
  'Somebody had left a note on the bench: three figures, and no unit beside them.',
  'She read it twice, then once more aloud, because figures sound different in a quiet room.',
  'If the sum was right, one of the parts was wrong; if the parts were right, somebody had paid twice.',
  'Outside a cart went by, slowly, with the sound of glass in straw.',
  'He had promised an answer by noon, and noon was an hour that came earlier every day.',
  'So they began where one always begins, at the last line that both of them believed.',
  'It took until the lamps were lit, and then it was only a comma.',
]

function long(asked: Asked): string {
  const parts = chapters.map((chapter, at) => {
    const lines = sentences.map((_, line) => sentences[(line * 3 + at * 5) % sentences.length])
    return `### ${at + 1}. ${chapter}\n\n${lines.slice(0, 4).join(' ')}\n\n${lines.slice(4).join(' ')}`
  })
  return `# A long answer about “${topicOf(asked)}”\n\n${parts.join('\n\n')}\n\n${label}`
}

function picture(asked: Asked): string {
  return `A prompt for a picture of “${topicOf(asked)}”:

${fence}text
${topicOf(asked)}, seen from a low angle in early light, soft fog between the shapes, muted ultramarine and bone white,
one warm accent near the centre, fine grain, large empty sky for a title, 3:2
${fence}

**Leave out:** text, watermarks, extra limbs, tilted horizons.

${label}`
}

export const texts = { plain, markdown, code, table, long, picture } satisfies Record<string, (asked: Asked) => string>

export const refusal = `This is something the sandbox model declines to answer, as real models sometimes do.\n\n${label}`
