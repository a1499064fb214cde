/** An answer of a file system that may be asked for before its turn: an error waits until then, too. */
export type Answer<T> = Promise<PromiseSettledResult<T>>;

export async function settled<T>(promise: Promise<T>): Answer<T> {
  const [result] = await Promise.allSettled([promise]);
  return result!;
}

/** The words of what a file system rejected with. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
