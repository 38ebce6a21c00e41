// Many objects, fast: through the API, as many requests at a time as the server gathers into one commit.
import {Agent, request} from 'node:http';

const parallel = 128;

// Calls `one(i)` for 0 … count-1, some at a time; resolves to the results in order.
export async function many(count, one) {
  const results = new Array(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const mine = next++;
      results[mine] = await one(mine);
    }
  };
  await Promise.all(Array.from({length: Math.min(parallel, count)}, worker));
  return results;
}

// POSTs `bodies[i]` to the path of the API as that member, over kept connections; resolves to the objects made.
export async function postAll(api, path, bodies) {
  const agent = new Agent({keepAlive: true, maxSockets: parallel});
  const post = (body) => new Promise((resolve, reject) => {
    const sent = request({
      agent, host: '127.0.0.1', port: api.port, method: 'POST', path: `/api/v1${api.company}${path}`,
      headers: {'Content-Type': 'application/json', Authorization: `Bearer ${api.token}`},
    }, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      if (answer.statusCode === 201) resolve(JSON.parse(text));
      else reject(new Error(`POST ${path}: ${answer.statusCode} ${text}`));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
  });
  const made = await many(bodies.length, (i) => post(bodies[i]));
  agent.destroy();
  return made;
}
