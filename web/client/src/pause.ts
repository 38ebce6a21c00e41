/** A wait that can be cut short. */
export class Pause {
  /** Cuts it short. */
  end_: () => void = () => {};

  /** Without a time: for weeks. */
  wait_(ms = 2 ** 31 - 1): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.end_ = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A wait that can't. */
export function wait(ms: number): Promise<void> {
  return new Promise(resolve => { setTimeout(resolve, ms); });
}
