import './virtual_list.css';

import {elementScroll, observeElementOffset, observeElementRect, Virtualizer} from '@tanstack/virtual-core';
import type {ComponentChildren, JSX, Ref} from 'preact';
import {useEffect, useImperativeHandle, useLayoutEffect, useReducer, useRef} from 'preact/hooks';

/** What the owner of a list can ask of it. */
export interface VirtualListHandle {
  /** Brings a row into sight with as little scrolling as possible. */
  reveal(index: number): void;
  toEnd(smooth?: boolean): void;
}

/** A list of any length, of which only the rows in sight (and a few around) exist. */
export interface VirtualListProps {
  label: string;
  count: number;
  keyOf(index: number): string;
  /** The height that a row has until it is measured, in px. */
  estimate(index: number): number;
  render(index: number): ComponentChildren;
  /** `end`: begins at the last row, stays there as rows come, and holds its place as rows come above. */
  anchor?: 'start' | 'end';
  /** Told after scrolling and after each change: the rows in sight, and whether the last one is. */
  onRange?(range: {first: number; last: number; atEnd: boolean}): void;
  /** Elements that stay above or below the rows inside what scrolls. */
  before?: ComponentChildren;
  after?: ComponentChildren;
  tabIndex?: number;
  padding?: number;
  handle?: Ref<VirtualListHandle>;
  onKeyDown?(event: KeyboardEvent): void;
}

const nearEndPx = 60;
type List = Virtualizer<HTMLDivElement, HTMLDivElement>;

function useVirtualizer(props: VirtualListProps, scroller: {current: HTMLDivElement | null}): List {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const kept = useRef<List | null>(null);
  const end = props.anchor === 'end';
  const options = {
    count: props.count,
    getScrollElement: () => scroller.current,
    getItemKey: props.keyOf,
    estimateSize: props.estimate,
    overscan: 8,
    anchorTo: end ? ('end' as const) : ('start' as const),
    followOnAppend: end,
    scrollEndThreshold: nearEndPx,
    paddingStart: props.padding ?? 0,
    paddingEnd: props.padding ?? 0,
    scrollPaddingEnd: props.padding ?? 0,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  if (kept.current) kept.current.setOptions(options);
  else kept.current = new Virtualizer<HTMLDivElement, HTMLDivElement>(options);
  const list = kept.current;
  useLayoutEffect(() => list._didMount(), []);
  useLayoutEffect(() => list._willUpdate());
  return list;
}

/** See `VirtualListProps`. */
export function VirtualList(props: VirtualListProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer(props, scroller);
  const rows = list.getVirtualItems();
  const {range} = list;
  useImperativeHandle(props.handle ?? null, () => ({
    reveal: (index) => list.scrollToIndex(index, {align: 'auto'}),
    toEnd: (smooth = false) => list.scrollToEnd({behavior: smooth ? 'smooth' : 'auto'}),
  }), []);
  useLayoutEffect(() => { if (props.anchor === 'end') list.scrollToEnd(); }, []);
  useEffect(() => {
    if (!range || props.count === 0) return;
    props.onRange?.({first: range.startIndex, last: range.endIndex, atEnd: list.isAtEnd(nearEndPx)});
  });
  return (
    <div ref={scroller} class="virtual scroll" data-anchor={props.anchor ?? 'start'}
      tabIndex={props.tabIndex} aria-label={props.tabIndex === undefined ? undefined : props.label}
      role={props.tabIndex === undefined ? undefined : 'region'} onKeyDown={props.onKeyDown}>
      {props.before}
      <div class="virtual-rows" role="list" aria-label={props.label} style={{height: `${list.getTotalSize()}px`}}>
        {rows.map((row) => (
          <div key={row.key} ref={list.measureElement} class="virtual-row" data-index={row.index} role="listitem"
            aria-setsize={props.count} aria-posinset={row.index + 1} style={{transform: `translateY(${row.start}px)`}}>
            {props.render(row.index)}
          </div>
        ))}
      </div>
      {props.after}
    </div>
  );
}
