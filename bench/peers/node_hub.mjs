// A hub on Node's http module alone: POST /pub/<channel> goes to all who GET /sub/<channel>. PORT says where.
import { createServer } from 'node:http';

const channels = new Map();

function channelOf(name) {
  let channel = channels.get(name);
  if (!channel) channels.set(name, (channel = { seq: 0, streams: new Set() }));
  return channel;
}

function subscribe(channel, response) {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  channel.streams.add(response);
  response.on('close', () => channel.streams.delete(response));
}

function publish(channel, request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    response.end();
    const data = Buffer.concat(parts).toString();
    const frame = Buffer.from(`id: ${++channel.seq}\nevent: message\ndata: ${data}\n\n`);
    for (const stream of channel.streams) stream.write(frame);
  });
}

createServer((request, response) => {
  const [, kind, name] = request.url.split('/');
  if (request.method === 'GET' && kind === 'sub') subscribe(channelOf(name), response);
  else if (request.method === 'POST' && kind === 'pub') publish(channelOf(name), request, response);
  else response.writeHead(404).end();
}).listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
