/** Events with typed payloads, a store that tells its listeners, and a few helpers over both. */

export type Listener<T> = (value: T) => void;
export type Unsubscribe = () => void;

export class Emitter<Events extends Record<string, unknown>> {
  private readonly listeners = new Map<keyof Events, Set<Listener<never>>>();

  on<K extends keyof Events>(name: K, listener: Listener<Events[K]>): Unsubscribe {
    let set = this.listeners.get(name);
    if (!set) {
      set = new Set();
      this.listeners.set(name, set);
    }
    set.add(listener as Listener<never>);
    return () => {
      set.delete(listener as Listener<never>);
      if (set.size === 0) this.listeners.delete(name);
    };
  }

  once<K extends keyof Events>(name: K, listener: Listener<Events[K]>): Unsubscribe {
    const stop = this.on(name, (value) => {
      stop();
      listener(value);
    });
    return stop;
  }

  emit<K extends keyof Events>(name: K, value: Events[K]): number {
    const set = this.listeners.get(name);
    if (!set) return 0;
    const errors: unknown[] = [];
    // A copy: a listener may add or remove others while it runs.
    for (const listener of [...set]) {
      try {
        (listener as Listener<Events[K]>)(value);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) {
      throw new AggregateError(errors, `${errors.length} listeners of "${String(name)}" failed`);
    }
    return set.size;
  }
}

export class Store<S extends object> {
  private state: S;
  private readonly emitter = new Emitter<{ change: { before: S; after: S } }>();

  constructor(initial: S) {
    this.state = Object.freeze({ ...initial });
  }

  get current(): Readonly<S> {
    return this.state;
  }

  update(change: Partial<S> | ((state: S) => Partial<S>)): void {
    const before = this.state;
    const part = typeof change === 'function' ? change(before) : change;
    const keys = Object.keys(part) as (keyof S)[];
    if (keys.every((key) => Object.is(before[key], part[key]))) {
      return; // nothing would change
    }
    this.state = Object.freeze({ ...before, ...part });
    this.emitter.emit('change', { before, after: this.state });
  }

  subscribe(listener: (state: Readonly<S>) => void): Unsubscribe {
    return this.emitter.on('change', ({ after }) => listener(after));
  }

  /** Calls the listener only where the selected value is another one. */
  watch<T>(select: (state: Readonly<S>) => T, listener: (value: T) => void): Unsubscribe {
    return this.emitter.on('change', ({ before, after }) => {
      const value = select(after);
      if (!Object.is(select(before), value)) listener(value);
    });
  }
}

export function debounce<A extends unknown[]>(action: (...args: A) => void, wait: number): (...args: A) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...args) => {
    if (timer !== undefined) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      action(...args);
    }, wait);
  };
}

export async function retry<T>(action: () => Promise<T>, attempts: number, pause = 100): Promise<T> {
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await action();
    } catch (error) {
      last = error;
      if (attempt < attempts) {
        // Wait twice as long after every failure.
        await new Promise((resolve) => setTimeout(resolve, pause * 2 ** (attempt - 1)));
      }
    }
  }
  throw new Error(`gave up after ${attempts} attempts: ${(last as Error).message}`);
}
