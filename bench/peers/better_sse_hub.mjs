// The same hub on better-sse: a channel of its own for each name. PORT says where.
import { createServer } from 'node:http';
import { createChannel, createSession } from 'better-sse';

const channels = new Map();

function channelOf(name) {
  let channel = channels.get(name);
  if (!channel) channels.set(name, (channel = createChannel()));
  return channel;
}

function publish(channel, request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    response.end();
    channel.broadcast(Buffer.concat(parts).toString(), 'message');
  });
}

createServer(async (request, response) => {
  const [, kind, name] = request.url.split('/');
  if (request.method === 'GET' && kind === 'sub') channelOf(name).register(await createSession(request, response));
  else if (request.method === 'POST' && kind === 'pub') publish(channelOf(name), request, response);
  else response.writeHead(404).end();
}).listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
