/** Tells listeners by name. One that throws troubles no other: its fault is told where the page's other faults are. */
export class Emitter<Events> extends EventTarget {
  /** Returns: no more. */
  on<K extends keyof Events & string>(name: K, listener: (value: Events[K]) => void): () => void {
    const heard = (event: Event) => listener((event as Event & {value: Events[K]}).value);
    this.addEventListener(name, heard);
    return () => this.removeEventListener(name, heard);
  }

  protected emit_<K extends keyof Events & string>(name: K, value: Events[K]): void {
    this.dispatchEvent(Object.assign(new Event(name), {value}));
  }
}
