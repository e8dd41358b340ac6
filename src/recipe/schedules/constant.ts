import { defineSchedule } from '../define';

/** The learning rate stays as it is. */
export const constant = defineSchedule({
  type: 'constant',
  title: 'Constant',
  summary: 'The learning rate stays as it is.',
  reference: null,
  params: {},
  factor: () => 1,
});
