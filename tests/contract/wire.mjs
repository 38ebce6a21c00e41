// Requests as a client makes them, and a little below: heads without bodies, answers with every field.
import {once} from 'node:events';
import http from 'node:http';
import net from 'node:net';

// One request on a connection of its own. `body` that is no string and no Buffer is sent as JSON.
export async function send(port, {method, path, headers = {}, body}) {
  const isBytes = typeof body === 'string' || Buffer.isBuffer(body);
  const text = body === undefined || isBytes ? body : JSON.stringify(body);
  const fields = {Connection: 'close', ...headers};
  if (text !== undefined) {
    fields['Content-Length'] = Buffer.byteLength(text);
    if (!('Content-Type' in fields)) fields['Content-Type'] = 'application/json';
  }
  const request = http.request({host: '127.0.0.1', port, method, path, headers: fields, agent: false});
  request.end(text);
  const [response] = await once(request, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return {status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString()};
}

// A request of which the server has the head, and not yet the body: it has said 100 Continue.
export async function begin(port, {method, path, headers = {}}) {
  const socket = net.connect(port, '127.0.0.1');
  const fields = {Host: 'localhost', 'Content-Type': 'application/json', 'Content-Length': 2, Expect: '100-continue',
    ...headers};
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`);
  const [first] = await once(socket, 'data');
  if (!first.toString().startsWith('HTTP/1.1 100 ')) throw new Error(`no 100 Continue: ${first}`);
  return socket;
}

// The answer to a begun request, whose body is `{}`.
export async function finish(socket) {
  socket.write('{}');
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return parse(Buffer.concat(chunks).toString());
}

// Sends the bytes, and reads what comes until the server closes.
export async function sendBytes(port, bytes) {
  const socket = net.connect(port, '127.0.0.1');
  socket.write(bytes);
  const chunks = [];
  for await (const chunk of socket) chunks.push(chunk);
  return parse(Buffer.concat(chunks).toString());
}

function parse(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  const [line, ...fields] = bytes.slice(0, end).split('\r\n');
  const headers = {};
  for (const field of fields) {
    const colon = field.indexOf(': ');
    headers[field.slice(0, colon).toLowerCase()] = field.slice(colon + 2);
  }
  return {status: Number(line.split(' ')[1]), headers, text: bytes.slice(end + 4)};
}

// The frames of an event stream, as {id, event, retry, data}; ends with the stream.
export async function* frames(response) {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const frame = {};
      for (const line of text.slice(0, end).split('\n')) {
        const colon = line.indexOf(': ');
        frame[line.slice(0, colon)] = line.slice(colon + 2);
      }
      text = text.slice(end + 2);
      yield frame;
    }
  }
}

// Opens a stream; resolves to the answer when its head is there.
export async function openStream(port, path, headers) {
  const request = http.request({host: '127.0.0.1', port, path, agent: false,
    headers: {Accept: 'text/event-stream', ...headers}});
  request.end();
  const [response] = await once(request, 'response');
  return response;
}
