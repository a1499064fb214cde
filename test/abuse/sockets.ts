/** Internet sockets that a process and its threads hold, as Linux lists them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

const families = ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6', 'packet'];

/** Lines of the kernel's tables whose socket the process has open; a pipe or a socket to its parent is in none of them. */
export function internetSockets(pid: number): string[] {
  const inodes = new Set<string>();
  const folder = `/proc/${pid}/fd`;
  for (const name of list(folder)) {
    const inode = /^socket:\[(\d+)\]$/.exec(target(path.join(folder, name)))?.[1];
    if (inode) inodes.add(inode);
  }
  const found: string[] = [];
  for (const family of families) {
    const table = read(`/proc/${pid}/net/${family}`).split('\n').slice(1);
    for (const line of table) {
      const words = line.trim().split(/\s+/);
      if (words.some((word) => inodes.has(word))) found.push(`${family} ${words.slice(1, 4).join(' ')}`);
    }
  }
  return found;
}

const attempt = <T>(action: () => T, otherwise: T): T => {
  try {
    return action();
  } catch {
    return otherwise; // it ended meanwhile
  }
};
const list = (folder: string): string[] => attempt(() => readdirSync(folder), []);
const target = (file: string): string => attempt(() => readlinkSync(file), '');
const read = (file: string): string => attempt(() => readFileSync(file, 'utf8'), '');
