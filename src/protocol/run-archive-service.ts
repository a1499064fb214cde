/** Exporting a run to one file and importing it. Types only. */
import type { CallContext } from '../worker/channel.ts';

export interface RunArchiveService {
  /**
   * Writes a run's folder into a file; null: gives the bytes. A file appears only when it is whole. Rejects with
   * RunArchiveErrors, RunFileErrors, StorageErrors, or the code `cancelled`.
   */
  exportRun(
    request: { folder: string; target: string | null; text: boolean },
    context: CallContext<{ fraction: number }>,
  ): Promise<{ bytes: Uint8Array | null; size: number }>;
  /**
   * Unpacks an exported run into an empty folder and checks all of it. What it leaves there after a failure is thrown away
   * by the caller. Rejects as exportRun does.
   */
  importRun(
    request: { source: string | Uint8Array; folder: string; id: string; others: readonly string[] },
    context: CallContext<{ fraction: number }>,
  ): Promise<{ name: string; checkpoints: number }>;
  /**
   * Imports a run by way of the folder `staging` to `place`, both below `root`; what lies at either is removed. All of it is done
   * here, as the host's file system may be a long way from the disk. Rejects as exportRun does.
   */
  installRun(
    request: { source: string | Uint8Array; root: string; staging: string; place: string; id: string },
    context: CallContext<{ fraction: number }>,
  ): Promise<{ name: string; checkpoints: number }>;
}
