// The backend that Pushpin asks: holds every GET /sub/<channel> as a stream of that channel. PORT says where.
import { createServer } from 'node:http';

createServer((request, response) => {
  const name = request.url.split('/')[2];
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store, no-transform',
    'Grip-Hold': 'stream',
    'Grip-Channel': name,
  });
  response.end(': hello\n\n');
}).listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
