/** What every refusal must be: a problem document of RFC 9457, complete, and with nothing of ours in it. */
import { expect } from '@jest/globals';
import type { Answer } from './api.ts';

export const expectProblem = (answer: Answer, status: number, code?: string): void => {
  expect({ status: answer.status, code: answer.json['code'] }).toEqual({ status, code: code ?? answer.json['code'] });
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers.get('X-Correlation-Id')).toBe(answer.json['correlationId']);
  expect(answer.json).toMatchObject({ type: `/problems/${answer.json['code']}`, status, correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  for (const member of ['title', 'detail', 'instance']) expect(typeof answer.json[member]).toBe('string');
  expect(
    Object.keys(answer.json).filter((name) => !['type', 'title', 'status', 'detail', 'instance', 'code', 'correlationId', 'errors', 'details'].includes(name)),
  ).toEqual([]);
  expect(answer.text).not.toMatch(/node_modules|at .*\.ts:\d+|select .* from|Error:/i);
};
