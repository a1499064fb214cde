/**
 * A cache that forgets what was used longest ago. A Map keeps insertion order, so that the first key is always the
 * oldest one: reading an entry deletes it and puts it back at the end.
 */
export class LruCache<K, V> {
  private readonly entries = new Map<K, { value: V; weight: number; expires: number }>();
  private total = 0;
  hits = 0;
  misses = 0;

  constructor(
    private readonly capacity: number,
    private readonly lifetime = Infinity,
    private readonly clock: () => number = Date.now,
  ) {
    if (!(capacity > 0)) {
      throw new RangeError('capacity must be positive');
    }
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) {
      this.misses++;
      return undefined;
    }
    if (entry.expires <= this.clock()) {
      this.delete(key);
      this.misses++;
      return undefined;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.hits++;
    return entry.value;
  }

  set(key: K, value: V, weight = 1): void {
    if (weight > this.capacity) {
      // It would push everything else out and still not fit.
      this.delete(key);
      return;
    }
    this.delete(key);
    while (this.total + weight > this.capacity) {
      const oldest = this.entries.keys().next();
      if (oldest.done) break;
      this.delete(oldest.value);
    }
    this.entries.set(key, { value, weight, expires: this.clock() + this.lifetime });
    this.total += weight;
  }

  delete(key: K): boolean {
    const entry = this.entries.get(key);
    if (!entry) return false;
    this.total -= entry.weight;
    return this.entries.delete(key);
  }

  /** Reads through the cache: computes and stores what is missing. */
  async resolve(key: K, load: (key: K) => Promise<V>): Promise<V> {
    const known = this.get(key);
    if (known !== undefined) return known;
    const value = await load(key);
    this.set(key, value);
    return value;
  }

  *keys(): IterableIterator<K> {
    const now = this.clock();
    for (const [key, entry] of this.entries) {
      if (entry.expires > now) yield key;
    }
  }

  describe(): string {
    const asked = this.hits + this.misses;
    const rate = asked === 0 ? 'never used' : `${Math.round((100 * this.hits) / asked)}% hits`;
    return `${this.size} entries, ${this.total} of ${this.capacity} used, ${rate}`;
  }
}

export function memoize<A extends unknown[], R>(compute: (...args: A) => R, capacity = 100): (...args: A) => R {
  const cache = new LruCache<string, R>(capacity);
  return (...args) => {
    const key = JSON.stringify(args);
    let value = cache.get(key);
    if (value === undefined) {
      value = compute(...args);
      cache.set(key, value);
    }
    return value;
  };
}
