// What the event stream format asks for: the cases of the web platform's eventsource tests and of LaunchDarkly's SSE
// contract tests that concern parsing, each read in one piece and in pieces of every size.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {EventStreamParser} from '@chatmesh/client';

interface Read {
  events: [type: string, data: string, id: string][];
  retries: number[];
}

function read(pieces: Uint8Array[]): Read {
  const result: Read = {events: [], retries: []};
  const parser = new EventStreamParser(
    ({type, data, id}) => result.events.push([type, data, id]), ms => result.retries.push(ms));
  for (const piece of pieces) parser.push(piece);
  return result;
}

function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({length: count}, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

const message = (data: string, id = ''): [string, string, string] => ['message', data, id];

const cases: {what: string; stream: string | Uint8Array; events: Read['events']; retries?: number[]}[] = [
  {what: 'one line of data', stream: 'data: hello\n\n', events: [message('hello')]},
  {what: 'several lines of data', stream: 'data: a\ndata: b\ndata\ndata: c\n\n', events: [message('a\nb\n\nc')]},
  {what: 'two events', stream: 'data:1\n\ndata:2\n\n', events: [message('1'), message('2')]},
  {what: 'a type, for one event alone', stream: 'event: customer.updated\ndata: x\n\ndata: y\n\n',
    events: [['customer.updated', 'x', ''], message('y')]},
  {what: 'the last of two types', stream: 'event: a\nevent: b\ndata: x\n\n', events: [['b', 'x', '']]},
  {what: 'an empty type', stream: 'event: a\nevent:\ndata: x\n\n', events: [message('x')]},
  {what: 'a type without data is dropped', stream: 'event: a\n\ndata: x\n\n', events: [message('x')]},
  {what: 'empty data is an event', stream: 'data:\n\ndata\n\n', events: [message(''), message('')]},
  {what: 'two empty lines of data', stream: 'data\ndata\n\n', events: [message('\n')]},
  {what: 'one space after the colon is none of the value', stream: 'data:\ttab\ndata:  two\ndata:none\n\n',
    events: [message('\ttab\n two\nnone')]},
  {what: 'colons in a value', stream: 'data: a: b:c\n\n', events: [message('a: b:c')]},
  {what: 'comments', stream: ': hi\n:\ndata: 1\n:data: 2\n::\ndata: 3\n\n', events: [message('1\n3')]},
  {what: 'a long comment', stream: `:${'x'.repeat(4096)}\ndata: 1\n\n`, events: [message('1')]},
  {what: 'unknown fields and other cases',
    stream: 'justsomething\nDATA: no\ndata : no\n data: no\nevents: no\ndata: yes\n\n',
    events: [message('yes')]},
  {what: 'an id stays until another', stream: 'id: 1\ndata: a\n\ndata: b\n\nid: 2\ndata: c\n\n',
    events: [message('a', '1'), message('b', '1'), message('c', '2')]},
  {what: 'an empty id clears it', stream: 'id: 1\ndata: a\n\nid\ndata: b\n\n', events: [message('a', '1'), message('b')]},
  {what: 'an id with NUL is none', stream: 'id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n',
    events: [message('a', '1'), message('b', '1')]},
  {what: 'an id without data counts', stream: 'id: 7\n\ndata: a\n\n', events: [message('a', '7')]},
  {what: 'an id of any text', stream: 'id: …  \ndata: a\n\n', events: [message('a', '…  ')]},
  {what: 'NUL in data and in a field', stream: 'data: a\0b\nda\0ta: no\n\n', events: [message('a\0b')]},
  {what: 'retry', stream: 'retry: 1500\n\ndata: a\n\n', events: [message('a')], retries: [1500]},
  {what: 'retry that is no number', stream: 'retry: 3s\nretry: -1\nretry: 1.5\nretry:\nretry: 0x10\nretry: ٣\n\n', events: []},
  {what: 'CR', stream: 'data: a\rdata: b\r\rdata: c\r\r', events: [message('a\nb'), message('c')]},
  {what: 'CRLF', stream: 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', events: [message('a\nb'), message('c')]},
  {what: 'line ends in a mixture', stream: 'data: a\rdata: b\r\ndata: c\n\rdata: d\n\r\ndata: e\r\n\n',
    events: [message('a\nb\nc'), message('d'), message('e')]},
  {what: 'other separators are text', stream: 'data: a\u2028b\u0085c\fd\n\n', events: [message('a\u2028b\u0085c\fd')]},
  {what: 'a byte order mark', stream: '\uFEFFdata: a\n\n', events: [message('a')]},
  {what: 'one byte order mark alone', stream: '\uFEFF\uFEFFdata: no\n\ndata: a\n\n', events: [message('a')]},
  {what: 'a later byte order mark is text', stream: 'data: a\n\n\uFEFFdata: no\n\ndata: \uFEFFb\n\n',
    events: [message('a'), message('\uFEFFb')]},
  {what: 'characters of one to four bytes', stream: 'data: aß€😀\nid: é\n\n', events: [message('aß€😀', 'é')]},
  {what: 'bytes that are no UTF-8', stream: new Uint8Array([...new TextEncoder().encode('data: a'), 0xff, 0xc3, 10, 10]),
    events: [message('a\uFFFD\uFFFD')]},
  {what: 'an event that was cut off is never told', stream: 'data: a\n\ndata: b\n', events: [message('a')]},
  {what: 'nothing', stream: '', events: []},
];

for (const {what, stream, events, retries = []} of cases) {
  test(`reads ${what}, wherever it is split`, () => {
    const bytes = typeof stream === 'string' ? new TextEncoder().encode(stream) : stream;
    for (const size of [bytes.length || 1, 1, 2, 3, 5, 7]) {
      assert.deepEqual(read(inPieces(bytes, size)), {events, retries}, `in pieces of ${size}`);
    }
    for (let cut = 1; cut < bytes.length; ++cut) {
      assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), {events, retries}, `split at ${cut}`);
    }
  });
}

test('a line or an event without an end is refused, not kept', () => {
  const piece = new TextEncoder().encode('x'.repeat(1 << 20));
  const endless = (start: string, repeat: (parser: EventStreamParser) => void) => {
    const parser = new EventStreamParser(() => assert.fail('no event ever ends'));
    parser.push(new TextEncoder().encode(start));
    for (let count = 0; count < 64; ++count) repeat(parser);
  };
  const lines = new TextEncoder().encode(`data:${'x'.repeat(1000)}\n`.repeat(1000));
  assert.throws(() => endless('data: ', parser => parser.push(piece)), RangeError);
  assert.throws(() => endless(':', parser => parser.push(piece)), RangeError);
  assert.throws(() => endless('', parser => parser.push(lines)), RangeError);
});

test('an event as large as the server ever sends is read', () => {
  const data = 'x'.repeat(1 << 20);
  const bytes = new TextEncoder().encode(`data: ${data}\n\n`);
  assert.deepEqual(read(inPieces(bytes, 16_384)).events, [message(data)]);
});
