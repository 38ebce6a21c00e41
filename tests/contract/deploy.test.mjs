// deploy/: the Kubernetes manifest against the schemas of the Kubernetes API, and that its parts and those of the compose
// file fit together. Nothing of it is run.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import yaml from 'js-yaml';

const read = name => readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');
const manifest = yaml.loadAll(read('kubernetes.yaml'));
const compose = yaml.load(read('docker-compose.yml'), {schema: yaml.DEFAULT_SCHEMA});

async function checked(object) {
  const module = await import(`kubernetes-models/${object.apiVersion}/${object.kind}`);
  const made = new module[object.kind](object);
  made.validate();
  return made;
}

for (const object of manifest)
  test(`${object.kind} follows the schema of ${object.apiVersion}`, () => checked(object));

test('the schema refuses what it has to', async () => {
  const deployment = structuredClone(manifest.find(({kind}) => kind === 'Deployment'));
  deployment.spec.replicas = 'three';
  await assert.rejects(checked(deployment), /replicas/);
});

test('pods are given the time that their orderly end may take', () => {
  const {terminationGracePeriodSeconds: grace, containers: [server]} =
    manifest.find(({kind}) => kind === 'Deployment').spec.template.spec;
  const beforehand = Number(server.lifecycle.preStop.exec.command[1]);
  const limit = /^\[shutdown\][^[]*^;limit = "(\d+)s"$/ms.exec(
    readFileSync(new URL('../../config/chatmesh.conf', import.meta.url), 'utf8'));
  assert.ok(grace > beforehand + Number(limit[1]));
});

test('the names that the manifest refers to are there', () => {
  const find = kind => manifest.find(object => object.kind === kind);
  const {spec: {selector, template}} = find('Deployment');
  assert.deepEqual(template.metadata.labels, selector.matchLabels);
  assert.deepEqual(find('Service').spec.selector, selector.matchLabels);
  assert.deepEqual(find('PodDisruptionBudget').spec.selector, selector);
  const [server] = template.spec.containers;
  const ports = server.ports.map(({name}) => name);
  for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
    assert.ok(ports.includes(server[probe].httpGet.port));
  assert.ok(ports.includes(find('Service').spec.ports[0].targetPort));
  const volumes = template.spec.volumes.map(({name}) => name);
  for (const {name} of server.volumeMounts)
    assert.ok(volumes.includes(name));
});

test('the compose file has the nodes that the proxy names, at their addresses', () => {
  const nodes = [...read('haproxy.cfg').matchAll(/^\tserver (\w+) 10\.0\.0\.(\d+):8080$/gm)];
  assert.equal(nodes.length, 6, 'three nodes in two backends');
  for (const [, name, last] of nodes)
    assert.equal(compose.services[name].networks.inside.ipv4_address, `172.30.0.${last}`);
  for (const {networks} of Object.values(compose.services))
    assert.ok(networks.inside);
});
