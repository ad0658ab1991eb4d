import { expect, test } from '@jest/globals';
import { originList } from '../../src/infrastructure/configuration-values.ts';

test.each([
  ['none', []],
  ['https://portal.example.com', ['https://portal.example.com']],
  ['https://a.example, http://localhost:5173,https://a.example', ['https://a.example', 'http://localhost:5173']],
])('origins %s', (text, value) => expect(originList(text)).toEqual({ ok: true, value }));

test.each([
  '*',
  'null',
  'portal.example.com',
  'https://a.example/',
  'https://a.example/path',
  'https://user@a.example',
  'https://A.example',
  'https://a.example:443',
  'ftp://a.example',
  'https://*.example',
  'none,https://a.example',
])('no origin: %s', (text) => expect(originList(text).ok).toBe(false));
