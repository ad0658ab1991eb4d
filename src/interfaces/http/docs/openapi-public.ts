/** Reports without a token in `/openapi.json`. */
import type { TSchema } from '../../../domain/kernel/schema.ts';
import { breakdownSchema, systemCaseSchema } from '../public/report-schemas.ts';
import { exampleOf } from './examples.ts';
import { ref, refusals } from './openapi-common.ts';
import { documentForm } from './schemas.ts';

const { 401: _, ...openRefusals } = refusals(408, 413, 415, 422);

type Kind = { readonly operationId: string; readonly summary: string; readonly description: string; readonly schema: TSchema };
const report = ({ operationId, summary, description, schema }: Kind) => ({
  post: {
    operationId,
    tags: ['public'],
    summary,
    description: `${description}\n\nNo token is needed. Every well-formed report is taken and answered alike: the answer does not tell what there is. The same \`Idempotency-Key\` with the same body is the same report.`,
    security: [],
    parameters: [ref('parameters', 'IdempotencyKey'), ref('parameters', 'CorrelationId')],
    requestBody: { required: true, content: { 'application/json': { schema: documentForm(schema), example: exampleOf(schema) } } },
    responses: {
      '202': {
        description: 'Taken.',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['reference'],
              properties: { reference: { type: 'string', format: 'uuid', description: 'To name the report by, when somebody calls back.' } },
            },
          },
        },
      },
      ...openRefusals,
    },
  },
});

export const publicPaths: Readonly<Record<string, object>> = {
  '/public/breakdowns': report({
    operationId: 'public.breakdown',
    summary: 'Report a breakdown',
    description:
      'For whoever stands beside a unit that no longer works and has read its number or its code. It becomes a service request of the account that holds the unit; where there is none, the company’s people look at it.',
    schema: breakdownSchema,
  }),
  '/public/system-cases': report({
    operationId: 'public.systemCase',
    summary: 'Report that the system does not work',
    description: 'For whoever cannot sign in, or sees a page that is wrong. It becomes a support case.',
    schema: systemCaseSchema,
  }),
};
