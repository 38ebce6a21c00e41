/** A wait that can be cut short. */
export class Pause {
  /** Cuts it short. */
  end: () => void = () => {};

  /** Without a time: until its end. */
  wait(ms?: number): Promise<void> {
    return new Promise(resolve => {
      const timer = ms !== undefined && setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer || undefined);
        resolve();
      };
    });
  }
}

/** A wait that can't. */
export function wait(ms: number): Promise<void> {
  return new Promise(resolve => { setTimeout(resolve, ms); });
}
