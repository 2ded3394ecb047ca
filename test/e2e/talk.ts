import type { Locator, Page } from 'playwright-core'

/** Talking on the chat's screen, by what a reader sees there. */

export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Message' })

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
}

/** The last answer of a bot, finished or not. */
const answerOf = (page: Page, bot: string): Locator => page.getByRole('article', { name: bot }).last()

/** What a bot has said so far in its last answer, without its name. */
export const textOf = (page: Page, bot: string): Locator => answerOf(page, bot).locator('.markdown')

/** Waits until a few words of the answer can be read. */
export const begun = (page: Page, bot: string): Promise<void> =>
  textOf(page, bot)
    .getByText(/(?:\w+\W+){3}/)
    .first()
    .waitFor()

/** Waits until nothing is being answered any more. */
export const silence = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' })

/** What the last receipt under an answer says was charged, once it is there. */
export async function charged(page: Page): Promise<bigint> {
  const receipt = page
    .getByRole('main')
    .getByRole('button', { name: /^[\d,]+ points/ })
    .last()
  const [figure = ''] = /[\d,]+/.exec((await receipt.textContent()) ?? '') ?? []
  return BigInt(figure.replaceAll(',', ''))
}
