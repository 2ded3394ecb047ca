import { listCosts, listModels, listProviders } from '#models/contract'

/** What is asked again whenever a provider or a cost changed. */
export const changed = [listProviders, listModels, listCosts]
