const stopWords = new Set(
  (
    'a about all also an and any are as at be been but by can could did do does for from get give had has have how i if in ' +
    'into is it its just me my no not of on or our out please so tell than that the their them then there these they this ' +
    'to up us was we were what when where which who why will with would you your'
  ).split(' '),
)

/** Words that readers use for words of the documents. */
const kin: Readonly<Record<string, readonly string[]>> = {
  fail: ['break', 'broke'],
  crash: ['break', 'broke'],
  interrupt: ['break', 'stop'],
  abort: ['stop'],
  cancel: ['stop'],
  money: ['point', 'dollar', 'pay'],
  fee: ['price', 'platform'],
  expensive: ['cost', 'price'],
  charge: ['pay', 'cost'],
  cost: ['price'],
  price: ['cost'],
  credit: ['point'],
  token: ['model', 'cost'],
  refund: ['money', 'back'],
  limit: ['cap'],
  budget: ['cap'],
  privacy: ['read', 'conversation'],
  see: ['read'],
  private: ['read'],
  chat: ['conversation'],
  history: ['conversation', 'wallet'],
  publish: ['public', 'share'],
  revenue: ['earn'],
  payout: ['earn', 'available'],
  withdraw: ['available', 'withdrawn'],
  delete: ['close', 'erase'],
  admin: ['operator', 'desk'],
  api: ['key', 'model'],
  openai: ['key', 'model'],
  ollama: ['model'],
  free: ['daily'],
}

/** The words of a text that carry meaning, without their endings. */
export function termsOf(text: string): string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return words.filter((word) => !stopWords.has(word)).map(stem)
}

/** English endings, where three letters stay: "messages" and "message", "charged" and "charge" are one. */
function stem(word: string): string {
  const bare = word.replace(/(?<=.{3})(?:ies|ing|ed|es|s)$/, (end) => (end === 'ies' ? 'y' : ''))
  return bare.length > 3 ? bare.replace(/([a-z])\1$/, '$1').replace(/e$/, '') : bare
}

const stemmedKin = new Map(Object.entries(kin).map(([word, others]) => [stem(word), others.map(stem)]))

export type Ranked<Document> = { readonly document: Document; readonly score: number; readonly matched: number }

const k1 = 1.2
const b = 0.6
const titleWeight = 3
const kinWeight = 0.5

/**
 * Okapi BM25 (Robertson and Zaragoza, 2009) over a handful of documents in memory; words of a title count threefold,
 * kindred words half. `matched` is how many of the question's own words a document has, in parts of one.
 */
export function createRanking<Document>(
  documents: readonly Document[],
  read: (document: Document) => { readonly title: string; readonly text: string; readonly weight: number },
): (question: string) => Ranked<Document>[] {
  const entries = documents.map((document) => {
    const { title, text, weight } = read(document)
    const counts = new Map<string, number>()
    const add = (term: string, times: number) => counts.set(term, (counts.get(term) ?? 0) + times)
    for (const term of termsOf(title)) add(term, titleWeight)
    for (const term of termsOf(text)) add(term, 1)
    return { document, counts, weight, length: [...counts.values()].reduce((sum, count) => sum + count, 0) }
  })
  const average = entries.reduce((sum, { length }) => sum + length, 0) / Math.max(1, entries.length)
  const holding = new Map<string, number>()
  for (const { counts } of entries) for (const term of counts.keys()) holding.set(term, (holding.get(term) ?? 0) + 1)
  const rarity = (term: string) => {
    const held = holding.get(term) ?? 0
    return Math.log(1 + (entries.length - held + 0.5) / (held + 0.5))
  }
  return (question) => {
    const own = new Set(termsOf(question))
    const weights = new Map([...own].flatMap((term) => (stemmedKin.get(term) ?? []).map((other) => [other, kinWeight])))
    for (const term of own) weights.set(term, 1)
    const scored = entries.map(({ document, counts, length, weight }) => {
      let score = 0
      for (const [term, share] of weights) {
        const count = counts.get(term) ?? 0
        if (count === 0) continue
        score += (share * rarity(term) * (count * (k1 + 1))) / (count + k1 * (1 - b + (b * length) / average))
      }
      const found = [...own].filter(
        (term) => counts.has(term) || stemmedKin.get(term)?.some((other) => counts.has(other)),
      )
      return { document, score: score * weight, matched: own.size === 0 ? 0 : found.length / own.size }
    })
    return scored.filter(({ score }) => score > 0).toSorted((one, other) => other.score - one.score)
  }
}
