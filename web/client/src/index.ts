export type * from './objects.ts';
export {Backoff} from './backoff.ts';
export {type Client, connect} from './client.ts';
export type {Events, State} from './events.ts';
export {EventStreamParser, type StreamEvent} from './parser.ts';
export {ApiError, type FieldFault, type RequestOptions, randomToken, request} from './request.ts';
export type {Store, Typist} from './store.ts';
export {type OpenStream, type StreamEnd, type StreamOptions, openStream} from './stream.ts';
export type {
  Creatable, Created, FieldsOf, ListPage, ListQuery, Options, Writable, WriteOptions,
} from './writes.ts';
