import type { ApiRule } from './api-rule.ts'
import { auth } from './auth.ts'
import { create } from './create.ts'
import { durable } from './durable.ts'
import { errors } from './errors.ts'
import { get } from './get.ts'
import { list } from './list.ts'
import { paging } from './paging.ts'
import { states } from './states.ts'
import { stopLockDelete } from './stop-lock-delete.ts'
import { tags } from './tags.ts'
import { uniqueNames } from './unique-names.ts'
import { unknown } from './unknown.ts'

/** The family `api.*`, without roles, transcodes and webhooks, which are still to come. */
export const apiRules: readonly ApiRule[] = [
  create,
  uniqueNames,
  get,
  unknown,
  list,
  paging,
  tags,
  states,
  stopLockDelete,
  auth,
  errors,
  durable,
]
