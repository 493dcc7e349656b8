import { expect } from 'chai';
import { errorCatalogue } from '../../lib/index.js';
import type { ChatErrorCode } from '../../lib/index.js';
import type { Answer } from './http-client.js';

/** ISO 8601 in UTC. */
export const isoUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What a client is told of an error: code and plain message, and details where they are given. */
export function refusal(code: ChatErrorCode, details?: object): object {
  return { code, message: errorCatalogue[code].message, ...(details === undefined ? {} : { details }) };
}

/** That a REST answer is just this error. `invalid_request` must also say what is wrong. */
export function expectRefusal(answer: Answer<unknown>, code: ChatErrorCode, details = detailsOf(answer.body)): void {
  expect({ status: answer.status, body: answer.body }).to.deep.equal({
    status: errorCatalogue[code].status,
    body: { error: refusal(code, details) },
  });
  if (code === 'invalid_request') expectIssues(details);
}

/** The same of an ack. */
export function expectAckRefusal(ack: unknown, code: ChatErrorCode): void {
  const details = detailsOf(ack);
  expect(ack).to.deep.equal({ ok: false, error: refusal(code, details) });
  if (code === 'invalid_request') expectIssues(details);
}

/** The same of what an operation of the host's own code rejects with. */
export async function expectRejection(operation: Promise<unknown>, code: ChatErrorCode): Promise<void> {
  const outcome: unknown = await operation.catch((error: unknown) => error);
  expect(outcome).to.be.an('error').with.property('name', 'ChatError');
  expect(outcome).to.include({ code, status: errorCatalogue[code].status });
}

function expectIssues(details: object | undefined): void {
  const issues = (details as { issues?: unknown } | undefined)?.issues;
  expect(issues).to.be.an('array').that.is.not.empty;
  for (const issue of issues as unknown[]) expect(issue).to.have.all.keys('field', 'problem');
}

function detailsOf(body: unknown): object | undefined {
  return (body as { error?: { details?: object } } | undefined)?.error?.details;
}
