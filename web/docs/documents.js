// The two documents, and what the page asks of them.

const methods = ['get', 'post', 'put', 'patch', 'delete', 'options'];

export async function load() {
  const [open, async] = await Promise.all(['/api/v1/openapi.json', '/api/v1/asyncapi.json'].map(async (path) => {
    const response = await fetch(path);
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }));
  return {open, async};
}

// What a {$ref} of that document stands for; anything else as it is.
export function follow(document, value) {
  while (value?.$ref) value = value.$ref.split('/').slice(1).reduce((at, name) => at[name], document);
  return value;
}

// The name of the schema that a {$ref} names; null for any other value.
export const schemaName = (value) => value?.$ref?.match(/^#\/components\/schemas\/(.+)$/)?.[1] ?? null;

// [{tag, operations: [{method, path, ...}]}], in the document's order.
export function operationsByTag(open) {
  const groups = new Map(open.tags.map((tag) => [tag.name, {tag, operations: []}]));
  for (const [path, item] of Object.entries(open.paths))
    for (const method of methods.filter((each) => each in item)) {
      const operation = item[method];
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) => follow(open, each));
      groups.get(operation.tags[0]).operations.push({...operation, method, path, parameters});
    }
  return [...groups.values()];
}

// [value] of a media type's or a message's examples.
export function examplesOf(document, content) {
  if ('example' in content) return [content.example];
  return Object.values(content.examples ?? {}).map((each) => {
    const example = follow(document, each);
    return 'value' in example ? example.value : example;
  });
}

// What a schema takes, in few words: "string or null, 1 to 200 characters".
export function describe(document, schema) {
  const words = [kindOf(document, schema)];
  const {minLength: min, maxLength: max, minimum, maximum, maxItems, maxProperties, format, default: otherwise} = schema;
  if (min !== undefined && max !== undefined) words.push(`${min} to ${max} characters`);
  else if (max !== undefined) words.push(`up to ${max} characters`);
  else if (min !== undefined) words.push(`${min} characters or more`);
  if (minimum !== undefined && maximum !== undefined) words.push(`${minimum} to ${maximum}`);
  else if (minimum !== undefined) words.push(`${minimum} or more`);
  if (maxItems !== undefined) words.push(`up to ${maxItems}`);
  if (maxProperties !== undefined) words.push(`up to ${maxProperties} members`);
  if (format) words.push(format);
  if (otherwise !== undefined) words.push(`default ${JSON.stringify(otherwise)}`);
  return words.join(', ');
}

function kindOf(document, schema) {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (schema.oneOf) return schema.oneOf.map((each) => schemaName(each) ?? kindOf(document, each)).join(' or ');
  if (schema.type === 'array') return `array of ${schemaName(schema.items) ?? kindOf(document, schema.items)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}
