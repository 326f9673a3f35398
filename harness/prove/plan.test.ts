import { expect, test } from 'vitest'
import { catalogueDefects, chooseMutants, type MutantCard } from './plan.ts'

const gop = { kind: 'profile', id: 'gop-8s' } as const
const rule = { id: 'encoder.gop-length', level: 'should', mutants: [gop] }
const card: MutantCard = { mutant: gop, breaks: ['encoder.gop-length'] }

test('a catalogue in which rules and mutants name each other has no defect', () => {
  expect(catalogueDefects([rule], [card])).toEqual([])
})

test('a rule without a mutant is a defect, unless it only informs', () => {
  const lonely = { id: 'encoder.profile', level: 'info', mutants: [] }
  expect(catalogueDefects([rule, lonely], [card])).toEqual([])
  expect(catalogueDefects([rule, { ...lonely, level: 'must' }], [card])).toEqual([
    'encoder.profile: no mutant breaks it',
  ])
})

test('a mutant that is missing, or does not know its rule, is a defect', () => {
  expect(catalogueDefects([rule], [])).toEqual([
    'encoder.gop-length: its mutant, profile gop-8s, does not exist',
  ])
  expect(catalogueDefects([rule], [{ mutant: gop, breaks: [] }])).toEqual([
    'encoder.gop-length: profile gop-8s does not say that it breaks it',
    'profile gop-8s: breaks no rule',
  ])
})

test('a mutant that claims a rule which does not exist is a defect', () => {
  const claims: MutantCard = { mutant: gop, breaks: ['encoder.gop-length', 'encoder.nothing'] }
  expect(catalogueDefects([rule], [claims])).toEqual([
    'profile gop-8s: there is no rule encoder.nothing',
  ])
})

test('mutants are chosen by the rules that they break', () => {
  const other: MutantCard = { mutant: { kind: 'fault', id: 'no-ack' }, breaks: ['rtmp.server.ack'] }
  expect(chooseMutants([card, other], (id) => id.startsWith('rtmp.'))).toEqual([other])
})
