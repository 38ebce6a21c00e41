export * from './objects.ts';
export {Backoff} from './backoff.ts';
export {type Client, type Events, type Options, type State, connect} from './client.ts';
export type {Clock} from './clock.ts';
export {EventStreamParser, type StreamEvent} from './parser.ts';
export {ApiError, type FieldFault, type RequestOptions, randomToken, request} from './request.ts';
export type {Store, Typist} from './store.ts';
export {type OpenStream, type StreamEnd, type StreamOptions, openStream} from './stream.ts';
export type {
  Creatable, Created, FieldsOf, ListPage, ListQuery, Writable, WriteOptions,
} from './writes.ts';
